"""What a region decides, as data: packs of TOML parsed into frozen typed values.

Owns: reading, merging and checking `policies/<key>/`; the form, formula and cap mechanisms that packs name.
Doors: `registry.pack`, `registry.packs`, `registry.pack_for_host`, `registry.catalogue`; `packs.Pack`,
`years.YearRules`; `forms.FormSpec.clean`; `formulas.compute`; `caps.remaining`; `requests.PortalRequest`.
Does not know who asks: declarations, registrations, reviews, ledger and certificates read their rules here.
"""
