-- A person's verdict on a line that stands: what it asks is what the line waits for from then on. A raise that waits for
-- it is reserved, as approval reserves a limit, and can be drawn once all is met.
alter table line add column verdict_id uuid;
alter table line add column raise_to_cents bigint check (raise_to_cents > 0);
alter table line add constraint line_raise_by_verdict check (raise_to_cents is null or verdict_id is not null);
alter table line_condition drop constraint line_condition_line_id_borrower_id_condition_key;
alter table line_condition add unique (line_id, borrower_id, decision_id, condition);
