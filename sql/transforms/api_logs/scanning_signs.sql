-- A client that looks for what may be there: many different paths that are not, within a short time.
{{ many_different('path_scanning', ref('missing_paths'), 'path', 'missing paths', var('scanning_paths'), var('scanning_seconds')) }}
