"""Limits and prices of open lines, changed by rule: raised after good repayment, cut after bad signs, with notice."""
