"""The designer's bench: what packs there are, what is in them, what is wrong with them, and how they travel.

Every command of `render pack` has a module here that gives its facts as one JSON object, and those as text; the page of
`render pack audition` is a package of its own.
"""
