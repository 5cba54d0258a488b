"""THE SIMULATED MARKET. Sellers who do not exist, with a quality nobody sees, to try the house with no data at hand.

`market` writes a market's records as anybody's CSV files, with the mapping to import them, and knows how its sellers
repay. The same seed is the same market to the byte; another seller more changes nothing for the others. Everything
here is invented: names, identity numbers (of areas that do not exist), figures.

For records that are real but tell no outcome, `proxies` asks whose trade fell soon after a day, and `weighing` says how
sure one can be of a card judged by it.
"""
