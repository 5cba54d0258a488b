-- Once another version decides, offers are worked out again on the same day: one answer a day for each version.
drop index offer_once_a_day;
create unique index offer_once_a_day on offer (borrower_id, product_key, as_of_on, policy_version, product_version);
alter table no_offer drop constraint no_offer_pkey;
alter table no_offer add primary key (borrower_id, product_key, as_of_on, policy_version, product_version);
