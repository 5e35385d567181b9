// Stands in for the library by which `pulumi api` reads the description of Pulumi's own cloud: a quarter of the
// compiler's work for a command that the lab has no use for.  It compiles, and says so where it is called.
module github.com/pb33f/libopenapi

go 1.26.4

require go.yaml.in/yaml/v4 v4.0.0-rc.4
