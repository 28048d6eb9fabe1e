// The bare loop: a store and an instance of a module from wasmtime's pool, _start called; microseconds each.
use std::time::Instant;
use wasmtime::*;
fn main() -> Result<()> {
    let file = std::env::args().nth(1).expect("a module");
    let rounds: u32 = std::env::args().nth(2).map_or(100_000, |n| n.parse().expect("a number"));
    let mut config = Config::new();
    config.epoch_interruption(true);
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(PoolingAllocationConfig::default()));
    let engine = Engine::new(&config)?;
    let module = Module::new(&engine, std::fs::read(file).expect("readable"))?;
    let ready = Linker::<()>::new(&engine).instantiate_pre(&module)?;
    for _ in 0..3 {
        let began = Instant::now();
        for _ in 0..rounds {
            let mut store = Store::new(&engine, ());
            store.set_epoch_deadline(1000);
            let instance = ready.instantiate(&mut store)?;
            instance.get_typed_func::<(), ()>(&mut store, "_start")?.call(&mut store, ())?;
        }
        println!("{:.3}", began.elapsed().as_secs_f64() * 1e6 / f64::from(rounds));
    }
    Ok(())
}
