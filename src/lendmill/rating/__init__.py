"""HOW LIKELY TO PAY BACK. A card of points turns what the record says into points, a PD and a grade.

`card` is the model itself: tables of exact whole-number cells, rated for one shop or for all with the same answer to
the bit. `scale` turns odds into points and points into grades. `training` learns a card from labelled shops and
measures it out of fold; `page` writes down what it measured. Cards and the ratings they gave are kept through
`actions` and read through `queries`.
"""
