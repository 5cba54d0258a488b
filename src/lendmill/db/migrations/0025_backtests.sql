-- A backtest asked for on a page: the worker runs it, and its report has the same id. `refused` says why it could not.
create table backtest_ask (
    backtest_id uuid primary key,
    policy_key text not null,
    policy_version integer not null,
    since_on date not null,
    until_on date not null check (until_on >= since_on),
    files integer not null check (files > 0),
    assumptions text not null default '',
    asked_by uuid not null references account,
    asked_on date not null,
    made_at timestamptz not null default now(),
    refused text not null default ''
);
create index backtest_ask_by_policy on backtest_ask (policy_key, policy_version, backtest_id);
create index backtest_ask_waiting on backtest_ask (backtest_id) where refused = '';
grant update (refused) on backtest_ask to lendmill_app;
