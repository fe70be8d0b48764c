"""Online checks: what the portals of the bodies show when they are looked at.

Three layers, kept apart: `fetch` gathers artifacts from the network into a store, `judging` holds
declared checks that are pure functions over those artifacts, and the index gives points to what
they saw. `reading` understands pages, `law` holds what the law asks of a portal as data, and
`monitor` looks again and again over a period.
"""
