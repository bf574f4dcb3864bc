"""The same verbs for other programs: OpenAPI, tokens, no cookies. Every answer is JSON."""
