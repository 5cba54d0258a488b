"""DOCUMENTS WITH STAGES. A version of a product or a policy is drafted, reviewed, tried, let go live, and retired.

A draft may be written again and again; from its review on its text stands for good. What others live by takes two
people: who wrote or proposed a version never lets it out of its review, go live, or have a larger share. Every step is
a row of the log with the day from which it counts, and none is taken away: `stages` reads from those rows what stands
where on any day, so that what was agreed for a coming day comes into force by itself. `differing` compares two
versions, `telling` says it in words, `sheets` takes a document to a spreadsheet and back.
"""
