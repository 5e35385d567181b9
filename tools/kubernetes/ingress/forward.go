package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"strings"
	"sync"
	"time"
)

const (
	connectTimeout = 5 * time.Second
	acceptPause    = 100 * time.Millisecond
)

// forward passes TCP connections on; every pair is PORT=HOST:PORT.
func forward(ctx context.Context, pairs []string) error {
	if len(pairs) == 0 {
		return fmt.Errorf("nothing to forward")
	}
	for _, pair := range pairs {
		port, target, found := strings.Cut(pair, "=")
		if !found {
			return fmt.Errorf("%q is not PORT=HOST:PORT", pair)
		}
		listener, err := net.Listen("tcp", ":"+port)
		if err != nil {
			return err
		}
		defer listener.Close()
		go accept(ctx, listener, &service{name: target})
	}
	<-ctx.Done()
	return nil
}

func accept(ctx context.Context, listener net.Listener, target *service) {
	for {
		connection, err := listener.Accept()
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			log.Print(err)
			time.Sleep(acceptPause)
			continue
		}
		go pass(ctx, connection, target)
	}
}

func pass(ctx context.Context, client net.Conn, target *service) {
	defer client.Close()
	server, err := target.dial(ctx)
	if err != nil {
		log.Print(err)
		return
	}
	defer server.Close()
	var both sync.WaitGroup
	for _, ends := range [][2]net.Conn{{server, client}, {client, server}} {
		both.Go(func() {
			_, _ = io.Copy(ends[0], ends[1])
			// The other direction may have more to say.
			if half, ok := ends[0].(*net.TCPConn); ok {
				_ = half.CloseWrite()
			}
		})
	}
	both.Wait()
}

// service is dialled by the address that its name had: a Service keeps its address, DNS may be away for a moment.
type service struct {
	name    string
	mutex   sync.Mutex
	address string
}

func (s *service) dial(ctx context.Context) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	s.mutex.Lock()
	known := s.address
	s.mutex.Unlock()
	var dialer net.Dialer
	if known != "" {
		if connection, err := dialer.DialContext(ctx, "tcp", known); err == nil {
			return connection, nil
		}
	}
	connection, err := dialer.DialContext(ctx, "tcp", s.name)
	if err == nil {
		s.mutex.Lock()
		s.address = connection.RemoteAddr().String()
		s.mutex.Unlock()
	}
	return connection, err
}
