"""WHAT LIES OUTSIDE. The payment rail: one Protocol, a real HTTP adapter, and a simulated rail as a process of its own.

A rail is asked after the commit, at least once, always under the same key. Its silence is `unknown`, never failure.
"""
