-- How many members are to be kept ready, by region, as the `valet serve` that was started last says. Whoever else acts
-- on the pool (an older instance, a command) takes it from here: its own environment may say something else.
alter table pool_kinds add column targets jsonb not null default '[]';
