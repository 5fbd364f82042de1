module holdfast/test/cluster/node

go 1.24
