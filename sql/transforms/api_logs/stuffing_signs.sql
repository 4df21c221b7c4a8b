-- A client that tries key after key: many different ones were refused within a short time.
{{ many_different('credential_stuffing', ref('refused_keys'), 'api_key_id', 'keys refused', var('stuffing_keys'), var('stuffing_seconds')) }}
