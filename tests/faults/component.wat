;; planted: a component in place of a module
;; check: module
;; says: this is a component
(component)
