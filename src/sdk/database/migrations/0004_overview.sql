-- Projects are counted by state, and listed by it, without reading all their rows.
create index projects_by_state on projects (state, id);
create index machines_asleep on machines (project_id) where state = 'assigned' and fly_state = 'suspended';
-- Found by how their id begins, whatever the collation of the database.
create index projects_by_beginning on projects (id text_pattern_ops);
