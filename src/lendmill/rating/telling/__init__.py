"""WHAT A RATING SAYS TO PEOPLE. Reasons in words, sub-scores of the blocks, and the index others may see.

`kept` puts the thin file and the adjustment on top of what a card said and keeps how that came about; `blocks` gives
each of the seven blocks a score from 0 to 100; `reasons` finds the four things that told most against a shop and
`sentences` says them in both languages, from the card's own contributions: there is no second explanation. `index` is
the public index, which reads nothing a buyer could not see. What a seller agrees to and asks is kept through `actions`.
"""
