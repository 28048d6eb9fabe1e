;; planted: memories that nobody outside sees grow over what is allowed, in sum
;; check: memory
;; says: 13,303,808 bytes, 3,303,808 more than limits.memory allows (10,000,000) after its run; 196,608
(module
  (memory (export "memory") 1)
  (memory $b 1)
  (memory $c 1)
  (func (export "_start")
    (drop (memory.grow $b (i32.const 100)))
    (drop (memory.grow $c (i32.const 100)))))
