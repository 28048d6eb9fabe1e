;; sound: custom sections, one of them with an empty name
(module
  (@custom "" "x")
  (@custom "producers" "\00")
  (memory (export "memory") 1)
  (func (export "_start")
    (nop)))
