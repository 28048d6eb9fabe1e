module example.com/service

go 1.24

require example.com/dependency v0.0.0

replace example.com/dependency => ../dependency
