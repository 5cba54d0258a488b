-- A shop that sells wholesale under a membership of its marketplace (诚信通): much of its trade is not on the platform, so
-- its borrower states a year's figures with an application.
alter table shop add column wholesale boolean not null default false;
