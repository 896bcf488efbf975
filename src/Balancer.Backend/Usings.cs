global using Balancer.Rx;
global using Balancer.Rx.Protocol;
