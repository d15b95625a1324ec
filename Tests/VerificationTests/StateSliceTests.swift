import Catalog
import Databases
import Engines
import Testing

@testable import Verification

extension WithEngine {
    /// Generated states out of rows that belong together.
    @Suite struct StateSliceTests {
        /// 500 orders of 300 customers, each with lines of its own products: drawn by themselves, hardly any would meet.
        private static let source = """
            create schema raw; create schema dw;
            create table raw.orders (order_no int primary key, customer_no text, day date);
            create table raw.lines (order_no int, line_no int, sku text, qty int, primary key (order_no, line_no));
            create table raw.customers (id int primary key, customer_no text, city text);
            create table raw.products (product_id int primary key, code text, price numeric);
            create table raw.alone (x int);
            create table dw.sales (order_no int, city text, amount numeric);
            insert into raw.orders select 1000 + i, 'C' || i % 300, date '2024-01-01' + i % 60 from generate_series(1, 500) i;
            insert into raw.lines select 1000 + i, l, 'S' || i * 3 + l, l from generate_series(1, 500) i, generate_series(1, 2) l;
            insert into raw.customers select i + 5000, 'C' || i, 'city ' || i from generate_series(0, 299) i;
            insert into raw.products select i + 9000, 'S' || i, i from generate_series(1, 1600) i;
            create procedure dw.load() language plpgsql as $$
            begin
              insert into dw.sales
              select o.order_no, c.city, l.qty * p.price from raw.orders o join raw.lines l on l.order_no = o.order_no
              join raw.customers c on c.customer_no = o.customer_no join raw.products p on p.code = l.sku;
            end $$;
            """

        @Test func rowsOfASliceMeetInTheJoin() throws {
            let engine = try SharedEngine.get()
            try engine.dropDatabase("slices")
            try engine.createDatabase("slices")
            try PostgresConnection.with(engine.connectionString(database: "slices")) { state in
                try state.execute(Self.source)
                let catalog = try readPostgresCatalog(state)
                let routine = try #require(catalog.routines.first)
                let maker = try StateMaker(
                    PipelineScope(entry: routine, catalog: catalog), catalog: catalog, written: ["dw.sales"],
                    domains: SurrogateDomains(models: [], catalog: catalog), state: state)
                #expect(!maker.slices.isEmpty)
                for slice in maker.slices { #expect(slice.values.allSatisfy { (1...5).contains($0.count) }) }
                // The share of states, slices or not, in which the join has rows.
                var joined = [true: 0, false: 0]
                for number in 4..<94 {
                    var random = Randomness(seed: 1, "dw.load \(number)")
                    let made = maker.state(number, &random)
                    try state.execute("begin; truncate raw.orders, raw.lines, raw.customers, raw.products, dw.sales")
                    for statement in made.statements {
                        try state.execute("savepoint s")
                        do { try state.execute(statement) } catch { try state.execute("rollback to s") }
                    }
                    try state.execute("call dw.load()")
                    if try state.query("select exists (select from dw.sales)")[0, 0] == "t" {
                        joined[number % 3 == 0]! += 1
                    }
                    try state.execute("rollback")
                }
                #expect(joined[true]! >= 20, "\(joined)")
            }
        }

        @Test func aStateWithoutRowsHasNone() throws {
            let engine = try SharedEngine.get()
            try engine.dropDatabase("slices_empty")
            try engine.createDatabase("slices_empty")
            try PostgresConnection.with(engine.connectionString(database: "slices_empty")) { state in
                try state.execute(Self.source)
                try state.execute("truncate raw.orders, raw.lines, raw.customers, raw.products")
                let catalog = try readPostgresCatalog(state)
                let routine = try #require(catalog.routines.first)
                let maker = try StateMaker(
                    PipelineScope(entry: routine, catalog: catalog), catalog: catalog, written: ["dw.sales"],
                    domains: SurrogateDomains(models: [], catalog: catalog), state: state)
                #expect(maker.slices.isEmpty)
            }
        }
    }
}
