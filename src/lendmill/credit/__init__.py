"""WHETHER, HOW MUCH, AT WHAT PRICE. From a rating to a ready offer, from an application to a decision and a line.

`policy` is the versioned document, `publishing` says which version of it is live on a day, `case` what a decision may
know, `decide` the pure rule over both, `why` its story in words. `offers` works them out for every shop at night,
`actions` decides one application in one transaction, and `lines` keeps the contract: what may be drawn, what is
reserved, what is used.
"""
