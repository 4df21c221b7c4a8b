-- A client that takes photo after photo, faster than one that looks at them.
{{ many_different('scraping', ref('fetched_examples'), 'path', 'examples', var('scraping_examples'), var('scraping_seconds')) }}
