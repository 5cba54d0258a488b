-- An offer of less that was taken lends as an approval does: both are looked at when their twelve months are over.
drop index decision_approved_on;
create index decision_granted_on on decision (decided_on) where outcome in ('approve', 'counter');
