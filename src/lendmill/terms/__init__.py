"""WHAT IS AGREED, AS ARITHMETIC. Rates, interest, due dates, schedules, allocation and cost.

Pure and exact: amounts are whole cents, accrued interest is a whole numerator over the rate's denominator, and
nothing is rounded before it is billed. One formula serves one loan and a NumPy array of a million.
"""
