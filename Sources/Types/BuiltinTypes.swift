// Printed by scripts/types/builtins.py; see Builtins.swift for the format.
extension Builtins {
    /// Types by category, preferred ones with `!`.
    static let typeTable = #"""
        B: bool! D: date time timestamp timestamptz! timetz G: box circle line lseg path point polygon I: cidr inet!
        N: float4 float8! int2 int4 int8 money numeric oid! regclass regcollation regconfig regdictionary
        regnamespace regoper regoperator regproc regprocedure regrole regtype P: _record any anyarray anycompatible
        anycompatiblearray anycompatiblemultirange anycompatiblenonarray anycompatiblerange anyelement anyenum
        anymultirange anynonarray anyrange record void R: datemultirange daterange int4multirange int4range
        int8multirange int8range nummultirange numrange tsmultirange tsrange tstzmultirange tstzrange S: bpchar name
        text! varchar T: interval! U: aclitem bytea cid gtsvector json jsonb jsonpath macaddr macaddr8 pg_lsn
        pg_snapshot refcursor tid tsquery tsvector txid_snapshot uuid xid xid8 xml V: bit varbit! X: unknown Z: char
        pg_brin_bloom_summary pg_brin_minmax_multi_summary pg_dependencies pg_mcv_list pg_ndistinct pg_node_tree
        """#

    /// Implicit casts by source type.
    static let castTable = #"""
        bit: varbit bpchar: name text varchar char: text cidr: inet date: timestamp timestamptz float4: float8 int2:
        float4 float8 int4 int8 numeric oid regclass regcollation regconfig regdictionary regnamespace regoper
        regoperator regproc regprocedure regrole regtype int4: float4 float8 int8 numeric oid regclass regcollation
        regconfig regdictionary regnamespace regoper regoperator regproc regprocedure regrole regtype int8: float4
        float8 numeric oid regclass regcollation regconfig regdictionary regnamespace regoper regoperator regproc
        regprocedure regrole regtype macaddr: macaddr8 macaddr8: macaddr name: text numeric: float4 float8 oid:
        regclass regcollation regconfig regdictionary regnamespace regoper regoperator regproc regprocedure regrole
        regtype pg_dependencies: bytea text pg_mcv_list: bytea text pg_ndistinct: bytea text pg_node_tree: text
        regclass: oid regcollation: oid regconfig: oid regdictionary: oid regnamespace: oid regoper: oid regoperator
        regoperator: oid regoper regproc: oid regprocedure regprocedure: oid regproc regrole: oid regtype: oid text:
        bpchar name regclass varchar time: interval timetz timestamp: timestamptz varbit: bit varchar: bpchar name
        regclass text
        """#
}
