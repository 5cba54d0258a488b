-- Which set of cases a version was held to when it was proposed: only under that set can it be approved.
alter table document_proposal add column cases_digest text;
