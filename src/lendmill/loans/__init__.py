"""THE PROMISE. What was drawn, what is owed on a day, what was paid and what it paid for.

`account` is one loan as it stands, `nights` what it earns overnight, `passing` what happens by itself as days pass,
`paying` what a payment settles, `changing`, `ending` and `cycles` what else may happen. `replay` tells a loan from its
events; `entries` makes the books from what happened (`postings`), `life` the whole change that is written. `sharing`
gives a borrower's money to their loans. `agreeing` and `quote` say what a draw will be, `view` and `statement` what is
told of it. `actions` draws and acts on the rail's answers; `receipts` takes money in, `servicing` changes a loan by
hand, `keeping` writes, `sweeping` brings many loans to a day at once.
"""
