/* before the routine: {{ ref('x') }} ; it's */
create procedure etl.p_comments(p_x int /* the "x"; {% if %} */ default 1 -- don't
) language plpgsql as $$
-- {{ config(materialized='table') }} that's a comment; begin
declare
    v_a int := 2; /* not 3; /* nested 'quote */ still a comment */
begin -- begin; end;
    /* delete from dw.c; */
    insert into dw.c -- (id, v)
        (id, v /* , t */, t)
    select id, v + /* 1 + */ p_x --, 'x'
         * v_a, '-- {{ no comment }} /* nor this */' -- {# jinja comment #}
      from src.c /* , src.c d */ where /* id > 1 and */ id < 3;
    -- end; $
    update dw.c set t = t || '}}' /* '; */ where v > 10 -- and false
    ;
    if p_x /* {%- endif %} */ > 1 then -- then
        delete from dw.c where /* it's */ id = 1; end if; -- else
end; -- {% endraw %}
$$;
