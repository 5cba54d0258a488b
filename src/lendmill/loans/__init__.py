"""THE PROMISE. What was drawn, what is owed on a day, what was paid and what it paid for.

`account` is one loan as exact arithmetic: it moves from day to day and takes payments, and two ways of getting to a
day agree to the last numerator. `actions` draws, confirms and receives; `postings` says what each event does to the
books; `queries` answers what is owed; `statement` tells the borrower the story.
"""
