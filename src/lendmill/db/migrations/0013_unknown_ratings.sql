-- A rating may be UNKNOWN: the card was given something it never learned to read, and says no PD rather than a wrong one.
-- The doubts then name the features with the reason, and nothing was added up. Ratings from before keep what they said.
alter table rating alter column points drop not null;
alter table rating alter column pd drop not null;
alter table rating add constraint rating_known_or_unknown check (
    (grade = 'UNKNOWN' and points is null and pd is null and cardinality(doubts) > 0)
    or (grade <> 'UNKNOWN' and points is not null and pd is not null)
);
