-- One person alone never ends what is live; and only going live is how a house begins.
alter table document_step add constraint document_step_alone_ends_nothing_live
    check (alone is null or alone <> 'holds back' or was <> 'live');
alter table document_step add constraint document_step_begins_live
    check (alone is null or alone = 'holds back' or stage = 'live');
