"""The price that pays: for a grade, the rate and the limit with the best expected profit, inside the band and the cap.

`assumptions` is what the lender states, dated and signed; `curve` how many borrowers a rate drives away, as measured;
`band` the rates a product may charge at all; `profit` the one formula; `best` searches it and says how flat its top is
and what moves it; `sharing` spreads a sum over many borrowers so that no other way earns more; `proposal` writes the
rates down for an analyst. Nothing here changes a product: a proposal is taken up as a draft by somebody, or it is not.
"""
