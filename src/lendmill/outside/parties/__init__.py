"""WHO ELSE KNOWS. Customs, tax office, credit bureau, registry: one Protocol, a real HTTP adapter, a simulator.

A party is asked after the commit, always under the same key, and only with a consent that is in force. Time-outs,
partial, stale and garbled answers are states of an answer; none of them is a clean record.
"""
