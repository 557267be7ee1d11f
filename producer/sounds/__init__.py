"""Packs: from the roles that a script asks for to measured sounds.

`find` reads packs (`known`, `read`, `named`), `palette` makes and measures what is asked for (`decode`, `making`,
`beds`).
"""
