create procedure etl.p_jinja(p_open text default '{{', p_close text default '}}') language plpgsql as $$
declare
    v_tag constant text := '{%- raw -%}';
begin
    delete from dw.t;
    insert into dw.t select id, tpl || ' {{ var("x") }} ' || '{%' || '#}', 'a' from src.t;
    insert into dw.t values (10, '{{ ''quoted'' }}', v_tag), (11, '{% endraw %}', '%}'), (12, p_open || 'p' || p_close, '{#'), (13, E'{{\n}}', '{{{');
    update dw.t set kind = '{{ this }}' where txt like '{{%}}%';
    update dw.t set txt = replace(txt, '{#', '#{') || $x${{ dollar }}$x$ where kind ~ '^[{]%?' and position('}}' in txt) = 0;
end $$;
