"""THE DOOR FOR PROGRAMS. The same verbs as the pages, as JSON under /api/v1.

`callers` finds out who asks and holds the table of people/roles against every route; `statuses` says which status each
refusal has; `problems` writes refusals as RFC 9457 problem details. One file for each room that is asked.
"""
