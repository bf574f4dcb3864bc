"""Layer 2: what may leave. Small numbers are withheld, and others with them, so that no small one can be worked out.

The words used here: a *number* is a whole number that a report prints, or that a reader gets by adding and subtracting
what it prints. It is *small* if it lies between 1 and the threshold less 1; 0 may be shown. The *ledger* holds all
numbers of a report and the sums that tie them.

What is guaranteed: to a reader who knows everything printed, the threshold, those sums, and the reasons beside what is
withheld, every small number might as well be another that differs by at least half of the threshold less 1 (by 5 for a
threshold of 11). See `protect`.

What is not: that who answered one question and not another cannot be counted from the n of two statistics, that two
outcomes which have to fit the same people do not bound each other (Fréchet), and that a summary of the values of enough
people, or a model of them, says nothing of one of them.
"""
