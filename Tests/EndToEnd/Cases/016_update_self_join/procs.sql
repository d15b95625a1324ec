create procedure etl.p_tree() language plpgsql as $$
begin
    update dw.tree set path = name where parent is null;
    update dw.tree c set path = p.path || '/' || c.name, depth = p.depth + 1 from dw.tree p where p.id = c.parent;
    update dw.tree c set name = p.name from dw.tree p where p.id = c.parent and c.depth is null;
    update dw.tree set depth = (select max(t.depth) from dw.tree t where t.id <> dw.tree.id) where parent = 77;
end $$;
