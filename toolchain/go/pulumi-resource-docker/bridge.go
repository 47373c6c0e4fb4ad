package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

// maxMessage is the engine's own limit for one gRPC message, in bytes; the default of 4 MB is less than a log or a schema can be.
const maxMessage = 400 << 20

// How long the bridge may take to end: by itself, because the engine interrupts the whole process group, and a second
// interrupt would end it before it has ended the Terraform provider; then after we asked. The engine kills what has
// not ended after 5 s.
const (
	interruptAfter = 1 * time.Second
	killAfter      = 3 * time.Second
)

// bridge is the child process that does the work. It starts while the engine is still connecting to us: every call
// waits for it in connection.
type bridge struct {
	exited chan struct{}
	ready  chan struct{}
	conn   *grpc.ClientConn
	err    error

	mutex   sync.Mutex
	process *os.Process
	stopped bool
}

func startBridge(binaries binaries, args []string) *bridge {
	child := &bridge{exited: make(chan struct{}), ready: make(chan struct{})}
	ports := make(chan string, 1)
	go child.run(binaries.bridge, args, ports)
	go func() {
		defer close(child.ready)
		child.conn, child.err = connect(binaries.provider, ports)
	}()
	return child
}

// connection waits for the bridge and answers the connection to it.
func (b *bridge) connection(ctx context.Context) (*grpc.ClientConn, error) {
	select {
	case <-b.ready:
		return b.conn, b.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// run starts the bridge and waits for its end. It keeps its thread, because the kernel sends the parent-death signal
// when the thread that started the child ends.
func (b *bridge) run(path string, args []string, ports chan<- string) {
	runtime.LockOSThread()
	defer close(b.exited)
	defer close(ports)
	command := exec.Command(path, args...)
	command.Stderr = os.Stderr
	endWithParent(command)
	stdout, err := command.StdoutPipe()
	if err != nil {
		return
	}
	b.mutex.Lock()
	if b.stopped {
		b.mutex.Unlock()
		return
	}
	err = command.Start()
	b.process = command.Process
	b.mutex.Unlock()
	if err != nil {
		fmt.Fprintf(os.Stderr, "pulumi-resource-docker: cannot start %s: %v\n", path, err)
		return
	}
	lines := bufio.NewScanner(stdout)
	if lines.Scan() {
		ports <- strings.TrimSpace(lines.Text())
	}
	for lines.Scan() {
		fmt.Fprintln(os.Stderr, lines.Text())
	}
	_ = command.Wait()
}

// connect dials the port that the bridge printed and gives the bridge its Terraform provider.
func connect(provider string, ports <-chan string) (*grpc.ClientConn, error) {
	line, ok := <-ports
	if !ok {
		return nil, fmt.Errorf("%s ended before it served anything", bridgeName)
	}
	port, err := strconv.Atoi(line)
	if err != nil {
		return nil, fmt.Errorf("%s printed %q instead of its port", bridgeName, line)
	}
	conn, err := dial(fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return nil, err
	}
	_, err = pulumirpc.NewResourceProviderClient(conn).Parameterize(context.Background(), &pulumirpc.ParameterizeRequest{
		Parameters: &pulumirpc.ParameterizeRequest_Args{
			Args: &pulumirpc.ParameterizeRequest_ParametersArgs{Args: []string{provider}},
		},
	}, grpc.WaitForReady(true))
	if err != nil {
		return nil, fmt.Errorf("%s refused %s: %w", bridgeName, provider, err)
	}
	return conn, nil
}

// stop ends the bridge: it asks first, so that the Terraform provider behind it ends too.
func (b *bridge) stop() {
	b.mutex.Lock()
	b.stopped = true
	process := b.process
	b.mutex.Unlock()
	if process == nil {
		return
	}
	defer endGroup()
	select {
	case <-b.ready:
		if b.conn != nil {
			_ = b.conn.Close()
		}
	default:
	}
	for _, step := range []struct {
		after  time.Duration
		signal os.Signal
	}{{interruptAfter, os.Interrupt}, {killAfter - interruptAfter, os.Kill}} {
		select {
		case <-b.exited:
			return
		case <-time.After(step.after):
			_ = process.Signal(step.signal)
		}
	}
	<-b.exited
}
