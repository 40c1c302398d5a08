package foreign

import (
	"errors"
	"testing"

	"github.com/confluentinc/confluent-kafka-go/v2/schemaregistry"
	"github.com/confluentinc/confluent-kafka-go/v2/schemaregistry/rest"
)

func confluent(t *testing.T) schemaregistry.Client {
	return must[schemaregistry.Client](t)(schemaregistry.NewClient(schemaregistry.NewConfig(registry(t))))
}

func refused(t *testing.T, err error, code int) {
	t.Helper()
	var refusal *rest.Error
	if !errors.As(err, &refusal) {
		t.Fatalf("not refused: %v", err)
	}
	equal(t, refusal.Code, code)
}

func TestConfluentRegistersEvolvesAndIsRefused(t *testing.T) {
	client, topic := confluent(t), newTopic()
	subject := topic + "-value"
	avro := func(text string) schemaregistry.SchemaInfo {
		return schemaregistry.SchemaInfo{Schema: text, SchemaType: "AVRO"}
	}
	first := must[schemaregistry.SchemaMetadata](t)(client.RegisterFullResponse(subject, avro(parcelV1), false))
	equal(t, first.Version, 1)
	equal(t, must[int](t)(client.GetID(subject, avro(parcelV1), false)), first.ID)
	equal(t, must[bool](t)(client.TestSubjectCompatibility(subject, avro(parcelV2))), true)
	equal(t, must[bool](t)(client.TestCompatibility(subject, 1, avro(parcelBroken))), false)
	_, err := client.Register(subject, avro(parcelBroken), false)
	refused(t, err, 40901)

	second := must[int](t)(client.Register(subject, avro(parcelV2), false))
	fresh := confluent(t)
	equal(t, must[schemaregistry.SchemaInfo](t)(fresh.GetBySubjectAndID(subject, second)).Schema, parcelV2)
	equal(t, must[schemaregistry.SchemaInfo](t)(fresh.GetByGUID(first.GUID)).Schema, parcelV1)
	latest := must[schemaregistry.SchemaMetadata](t)(fresh.GetLatestSchemaMetadata(subject))
	equal(t, [2]int{latest.ID, latest.Version}, [2]int{second, 2})
	equal(t, len(must[[]int](t)(fresh.GetAllVersions(subject))), 2)
	_, err = fresh.GetSchemaMetadata(subject, 9)
	refused(t, err, 40402)
	_, err = fresh.GetID(topic+"-nobody", avro(parcelV1), false)
	refused(t, err, 40401)

	equal(t, must[schemaregistry.Compatibility](t)(client.UpdateCompatibility(subject, schemaregistry.Full)), schemaregistry.Full)
	equal(t, must[schemaregistry.Compatibility](t)(fresh.GetCompatibility(subject)), schemaregistry.Full)
	equal(t, len(must[[]int](t)(client.DeleteSubject(subject, false))), 2)
	equal(t, len(must[[]int](t)(client.DeleteSubject(subject, true))), 2)
}
