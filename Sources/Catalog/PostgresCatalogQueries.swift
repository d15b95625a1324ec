/// The catalog queries. Each row is an owner's oid and a JSON text in the shape of our value types, so that decoding is
/// the value types' own business; queries run with an empty `search_path`, so that all names outside `pg_catalog` come
/// out qualified. `name` columns sort by bytes in every database.
enum PostgresCatalogQueries {
    /// Schemas of the system, and temporary ones, are nobody's source.
    private static func isUserSchema(_ column: String) -> String {
        "\(column) !~ '^pg_' and \(column) <> 'information_schema'"
    }

    /// What belongs to an extension comes with the extension, and a range's functions (`dependency` i) with the range.
    private static func isOwn(_ catalog: String, _ oid: String, dependency: String = "e") -> String {
        """
        not exists (select from pg_depend e
            where e.classid = '\(catalog)'::regclass and e.objid = \(oid) and e.deptype in ('e', '\(dependency)'))
        """
    }

    private static func name(_ schema: String, _ name: String) -> String {
        "json_build_object('schema', \(schema), 'name', \(name))"
    }

    /// How a session of the source starts, before we change it.
    static let settings = """
        select name, value from (values
            ('TimeZone', current_setting('TimeZone')), ('DateStyle', current_setting('DateStyle')),
            ('IntervalStyle', current_setting('IntervalStyle')), ('search_path', current_setting('search_path')),
            ('current_schemas', array_to_string(current_schemas(false), ',')),
            ('server_encoding', current_setting('server_encoding')),
            ('lc_collate', (select datcollate::text from pg_database where datname = current_database())),
            ('default_transaction_isolation', current_setting('default_transaction_isolation')),
            ('plpgsql.variable_conflict', current_setting('plpgsql.variable_conflict', true))
        ) s(name, value) where value is not null
        """

    /// Values print the same whatever the session's or the user's settings are.
    static let fixedSession = """
        select set_config('search_path', '', true), set_config('DateStyle', 'ISO, MDY', true),
            set_config('IntervalStyle', 'postgres', true), set_config('TimeZone', 'UTC', true),
            set_config('extra_float_digits', '1', true), set_config('bytea_output', 'hex', true),
            set_config('quote_all_identifiers', 'off', true), set_config('standard_conforming_strings', 'on', true)
        """

    static let extensions = """
        select e.oid, json_build_object('name', e.extname, 'schema', n.nspname)
        from pg_extension e join pg_namespace n on n.oid = e.extnamespace
        where e.extname <> 'plpgsql' order by e.extname
        """

    static let types = """
        select coalesce(nullif(t.typrelid, 0), t.oid), json_build_object(
            'name', \(name("n.nspname", "t.typname")),
            'kind', case t.typtype when 'e' then 'enumeration' when 'd' then 'domain' when 'c' then 'composite'
                else 'range' end,
            'labels', coalesce((select json_agg(l.enumlabel order by l.enumsortorder) from pg_enum l
                where l.enumtypid = t.oid), '[]'),
            'baseType', case t.typtype when 'd' then format_type(t.typbasetype, t.typtypmod)
                when 'r' then (select format_type(r.rngsubtype, null) from pg_range r where r.rngtypid = t.oid) end,
            'notNull', t.typnotnull, 'defaultExpression', pg_get_expr(t.typdefaultbin, 0),
            'checks', coalesce((select json_agg(pg_get_constraintdef(c.oid) order by c.conname) from pg_constraint c
                where c.contypid = t.oid and c.contype = 'c'), '[]'),
            'attributes', '[]'::json, 'comment', obj_description(t.oid, 'pg_type'))
        from pg_type t join pg_namespace n on n.oid = t.typnamespace left join pg_class c on c.oid = t.typrelid
        where t.typtype in ('e', 'd', 'c', 'r') and (t.typtype <> 'c' or c.relkind = 'c')
            and \(isUserSchema("n.nspname")) and \(isOwn("pg_type", "t.oid"))
        order by n.nspname, t.typname
        """

    static let sequences = """
        select s.seqrelid, json_build_object(
            'name', \(name("n.nspname", "c.relname")), 'type', format_type(s.seqtypid, null), 'start', s.seqstart,
            'increment', s.seqincrement, 'minimum', s.seqmin, 'maximum', s.seqmax, 'cycle', s.seqcycle,
            'ownedByTable', case when a.attname is not null then \(name("tn.nspname", "t.relname")) end,
            'ownedByColumn', a.attname)
        from pg_sequence s join pg_class c on c.oid = s.seqrelid join pg_namespace n on n.oid = c.relnamespace
        left join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'i')
            and d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0
        left join pg_class t on t.oid = d.refobjid left join pg_namespace tn on tn.oid = t.relnamespace
        left join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
        where \(isUserSchema("n.nspname")) and \(isOwn("pg_class", "c.oid"))
        order by n.nspname, c.relname
        """

    /// Never analysed is -1 since PostgreSQL 14; before that it looks like an empty table, and is taken as unknown.
    static let tables = """
        select c.oid, json_build_object(
            'name', \(name("n.nspname", "c.relname")),
            'kind', case when c.relkind = 'p' then 'partitioned' when c.relispartition then 'partition'
                when c.relkind = 'v' then 'view' when c.relkind = 'm' then 'materialized_view'
                when c.relkind = 'f' then 'foreign' else 'table' end,
            'comment', obj_description(c.oid, 'pg_class'), 'columns', '[]'::json, 'constraints', '[]'::json,
            'uniqueIndexes', '[]'::json, 'triggers', '[]'::json, 'dependencies', '[]'::json,
            'viewQuery', case when c.relkind in ('v', 'm') then btrim(pg_get_viewdef(c.oid), E' ;\\n') end,
            'parents', coalesce((select json_agg(\(name("pn.nspname", "p.relname")) order by i.inhseqno)
                from pg_inherits i join pg_class p on p.oid = i.inhparent
                join pg_namespace pn on pn.oid = p.relnamespace where i.inhrelid = c.oid), '[]'),
            'partitionKey', case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end,
            'partitionBound', case when c.relispartition then pg_get_expr(c.relpartbound, c.oid) end,
            'rowSecurity', c.relrowsecurity,
            'estimatedRows', case when c.relkind = 'v' or c.reltuples < 0
                or (current_setting('server_version_num')::int < 140000 and c.reltuples = 0 and c.relpages = 0)
                then null else c.reltuples::numeric::bigint end,
            'hasRules', exists (select from pg_rewrite r where r.ev_class = c.oid and r.rulename <> '_RETURN'))
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p', 'v', 'm', 'f')
            and \(isUserSchema("n.nspname")) and \(isOwn("pg_class", "c.oid"))
        order by n.nspname, c.relname
        """

    /// Columns of tables, and attributes of composite types.
    static let columns = """
        select a.attrelid, json_agg(json_build_object(
            'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'notNull', a.attnotnull,
            'defaultExpression', case when a.attgenerated = '' then pg_get_expr(d.adbin, d.adrelid) end,
            'identity', case a.attidentity when 'a' then 'always' when 'd' then 'by_default' end,
            'generatedExpression', case when a.attgenerated <> '' then pg_get_expr(d.adbin, d.adrelid) end,
            'sequence', s.name,
            'collation', case when a.attcollation <> t.typcollation then a.attcollation::regcollation::text end,
            'comment', col_description(a.attrelid, a.attnum)) order by a.attnum)
        from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
        join pg_type t on t.oid = a.atttypid
        left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        left join (
            select o.refobjid, o.refobjsubid, min(\(name("sn.nspname", "sc.relname"))::text)::json as name
            from pg_depend o join pg_class sc on sc.oid = o.objid and sc.relkind = 'S'
            join pg_namespace sn on sn.oid = sc.relnamespace
            where o.classid = 'pg_class'::regclass and o.refclassid = 'pg_class'::regclass
                and o.deptype in ('a', 'i') and o.refobjsubid > 0
            group by o.refobjid, o.refobjsubid
        ) s on s.refobjid = a.attrelid and s.refobjsubid = a.attnum
        where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm', 'f', 'c')
            and \(isUserSchema("n.nspname"))
        group by a.attrelid
        """

    /// NOT NULL is a column's property here, also where the server has a constraint for it; a partition's copies of its
    /// parent's foreign keys come with the parent.
    static func constraints(_ serverVersion: Int) -> String {
        let nullsNotDistinct = serverVersion >= 150_000 ? "coalesce(x.indnullsnotdistinct, false)" : "false"
        func action(_ code: String) -> String {
            """
            case \(code) when 'a' then 'no action' when 'r' then 'restrict' when 'c' then 'cascade'
                when 'n' then 'set null' when 'd' then 'set default' end
            """
        }
        func columns(_ relation: String, _ key: String) -> String {
            """
            coalesce((select json_agg(a.attname order by k.position)
                from unnest(\(key)) with ordinality k(number, position)
                join pg_attribute a on a.attrelid = \(relation) and a.attnum = k.number), '[]')
            """
        }
        return """
            select c.conrelid, json_agg(json_build_object(
                'name', c.conname,
                'kind', case c.contype when 'p' then 'primary_key' when 'u' then 'unique' when 'f' then 'foreign_key'
                    when 'c' then 'check' else 'exclusion' end,
                'columns', \(columns("c.conrelid", "c.conkey")),
                'expression', case when c.contype = 'c' then pg_get_expr(c.conbin, c.conrelid) end,
                'definition', pg_get_constraintdef(c.oid),
                'referencedTable', case when c.contype = 'f' then \(name("rn.nspname", "r.relname")) end,
                'referencedColumns', \(columns("c.confrelid", "c.confkey")),
                'onDelete', \(action("nullif(c.confdeltype, ' ')")),
                'onUpdate', \(action("nullif(c.confupdtype, ' ')")),
                'validated', c.convalidated, 'nullsNotDistinct', \(nullsNotDistinct)) order by c.conname)
            from pg_constraint c join pg_class t on t.oid = c.conrelid join pg_namespace n on n.oid = t.relnamespace
            left join pg_class r on r.oid = c.confrelid left join pg_namespace rn on rn.oid = r.relnamespace
            left join pg_index x on x.indexrelid = c.conindid and c.contype in ('p', 'u')
            where c.contype in ('p', 'u', 'f', 'c', 'x') and not (c.contype = 'f' and c.conparentid <> 0)
                and \(isUserSchema("n.nspname"))
            group by c.conrelid
            """
    }

    static let uniqueIndexes = """
        select x.indrelid, json_agg(json_build_object(
            'name', i.relname,
            'columns', case when 0 = any (x.indkey) then '[]' else (select json_agg(a.attname order by k.position)
                from unnest(x.indkey::int2[]) with ordinality k(number, position)
                join pg_attribute a on a.attrelid = x.indrelid and a.attnum = k.number
                where k.position <= x.indnkeyatts) end,
            'predicate', pg_get_expr(x.indpred, x.indrelid), 'definition', pg_get_indexdef(x.indexrelid))
            order by i.relname)
        from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid
        join pg_namespace n on n.oid = t.relnamespace
        where x.indisunique and \(isUserSchema("n.nspname"))
            and not exists (select from pg_constraint c where c.conindid = x.indexrelid and c.contype in ('p', 'u', 'x'))
        group by x.indrelid
        """

    static let triggers = """
        select g.tgrelid, json_agg(json_build_object('name', g.tgname, 'enabled', g.tgenabled <> 'D',
            'definition', pg_get_triggerdef(g.oid)) order by g.tgname)
        from pg_trigger g join pg_class t on t.oid = g.tgrelid join pg_namespace n on n.oid = t.relnamespace
        where not g.tgisinternal and g.tgparentid = 0 and \(isUserSchema("n.nspname"))
        group by g.tgrelid
        """

    /// What views read: the view's own rule depends on it.
    static let viewDependencies = """
        select ev_class, json_agg(\(name("nspname", "relname")) order by nspname, relname)
        from (select distinct r.ev_class, n.nspname, t.relname
            from pg_rewrite r join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
            join pg_class t on d.refclassid = 'pg_class'::regclass and t.oid = d.refobjid and t.oid <> r.ev_class
            join pg_class v on v.oid = r.ev_class join pg_namespace vn on vn.oid = v.relnamespace
            join pg_namespace n on n.oid = t.relnamespace
            where r.rulename = '_RETURN' and t.relkind in ('r', 'p', 'v', 'm', 'f') and \(isUserSchema("vn.nspname"))
        ) reads group by ev_class
        """

    /// `$1`: the schemas as an array, or NULL for all.
    static func routines(_ serverVersion: Int) -> String {
        let source = serverVersion >= 140_000 ? "coalesce(pg_get_function_sqlbody(p.oid), p.prosrc)" : "p.prosrc"
        return """
            select p.oid, json_build_object(
                'name', \(name("n.nspname", "p.proname")),
                'kind', case p.prokind when 'p' then 'procedure' else 'function' end, 'language', l.lanname,
                'parameters', coalesce((select json_agg(json_build_object(
                        'name', coalesce(p.proargnames[k.position], ''),
                        'mode', case p.proargmodes[k.position] when 'o' then 'out' when 'b' then 'inout'
                            when 'v' then 'variadic' when 't' then 'table' else 'in' end,
                        'type', format_type(k.type, null),
                        'defaultExpression', pg_get_function_arg_default(p.oid, k.position::int)) order by k.position)
                    from unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) with ordinality k(type, position)),
                    '[]'),
                'returnType', pg_get_function_result(p.oid), 'returnsSet', p.proretset,
                'volatility', case p.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end,
                'isStrict', p.proisstrict,
                'body', case when l.lanname in ('plpgsql', 'sql') then \(source) else '' end,
                'definition', pg_get_functiondef(p.oid), 'bodyLineOffset', 0,
                'settings', coalesce((select json_object_agg(split_part(s, '=', 1), substr(s, strpos(s, '=') + 1))
                    from unnest(p.proconfig) s), '{}'),
                'comment', obj_description(p.oid, 'pg_proc'))
            from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang
            where p.prokind in ('f', 'p') and \(isUserSchema("n.nspname")) and \(isOwn("pg_proc", "p.oid", dependency: "i"))
                and ($1::text[] is null or n.nspname = any ($1::text[]))
            order by n.nspname, p.proname, pg_get_function_identity_arguments(p.oid) collate "C"
            """
    }
}
