BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0008');
CREATE TABLE api_keys (
	id VARCHAR(40) NOT NULL, 
	workspace_id VARCHAR(40) NOT NULL, 
	name VARCHAR(128) NOT NULL, 
	prefix VARCHAR(20) NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	created_at DOUBLE NOT NULL, 
	last_used_at DOUBLE, 
	revoked_at DOUBLE, 
	CONSTRAINT pk_api_keys PRIMARY KEY (id), 
	CONSTRAINT fk_api_keys_workspace_id_workspaces FOREIGN KEY(workspace_id) REFERENCES workspaces (id), 
	CONSTRAINT uq_api_keys_sha256 UNIQUE (sha256)
);
INSERT INTO "api_keys" VALUES('key_01m8qhnrb0jga1xmvgkjg1tw5g','ws_01m8qhnragqqabfzdngcsz2695','first key','smk_live_lqdZG','1bb134182c6d43ca253b84bf7f479c92e7f3467b26da9de8564695308a587d50',1.79608662053401184083e+09,1.79608662057199192042e+09,NULL);
INSERT INTO "api_keys" VALUES('key_01m8qhnrcxvxav2mbtezc0asr8','ws_01m8qhnragqqabfzdngcsz2695','another','smk_live_3wiPC','3b20f7af173cada94b862f230e925fe76e32229bec518050c52fe1ff93f93bb9',1.7960866205919876099e+09,NULL,1.79608662061198353764e+09);
CREATE TABLE counters (
	name VARCHAR(64) NOT NULL, 
	value BIGINT NOT NULL, 
	CONSTRAINT pk_counters PRIMARY KEY (name)
);
INSERT INTO "counters" VALUES('rows_made',0);
INSERT INTO "counters" VALUES('bytes_made',0);
INSERT INTO "counters" VALUES('parts_made',0);
INSERT INTO "counters" VALUES('events',0);
INSERT INTO "counters" VALUES('storage_errors',0);
INSERT INTO "counters" VALUES('broker_errors',0);
CREATE TABLE datasets (
	id VARCHAR(40) NOT NULL, 
	workspace_id VARCHAR(40) NOT NULL, 
	name VARCHAR(128) NOT NULL, 
	version BIGINT NOT NULL, 
	job_id VARCHAR(40) NOT NULL, 
	rows BIGINT NOT NULL, 
	size BIGINT NOT NULL, 
	manifest JSON NOT NULL, 
	created_at DOUBLE NOT NULL, 
	CONSTRAINT pk_datasets PRIMARY KEY (id), 
	CONSTRAINT fk_datasets_job_id_jobs FOREIGN KEY(job_id) REFERENCES jobs (id) ON DELETE CASCADE, 
	CONSTRAINT fk_datasets_workspace_id_workspaces FOREIGN KEY(workspace_id) REFERENCES workspaces (id), 
	CONSTRAINT uq_datasets_job_id UNIQUE (job_id), 
	CONSTRAINT uq_datasets_workspace_id_name_version UNIQUE (workspace_id, name, version)
);
INSERT INTO "datasets" VALUES('ds_01m8qhnz69531ahrwasg2fytm6','ws_01m8qhnragqqabfzdngcsz2695','shop',1,'job_01m8qhnwy07y6csz2ce5b9t2xp',70,823,'{"manifest": 1, "recipe": {"strategy": "tabular", "parameters": {"tables": [{"name": "customers", "rows": 20, "columns": [{"name": "id", "kind": "sequence", "nulls": 0.0, "nulls_when": null, "start": 1, "step": 1, "prefix": "", "width": 0}, {"name": "name", "kind": "last_name", "nulls": 0.0, "nulls_when": null, "words": null, "locale": null}], "primary_key": ["id"], "unique_keys": [], "orderings": [], "children_of": null}, {"name": "orders", "rows": 50, "columns": [{"name": "id", "kind": "sequence", "nulls": 0.0, "nulls_when": null, "start": 1, "step": 1, "prefix": "", "width": 0}, {"name": "customer_id", "kind": "foreign_key", "nulls": 0.0, "nulls_when": null, "table": "customers", "column": null, "distribution": "uniform", "exponent": 1.0, "weight": null}, {"name": "amount", "kind": "decimal", "nulls": 0.0, "nulls_when": null, "min": 1.0, "max": 500.0, "scale": 2}], "primary_key": [], "unique_keys": [], "orderings": [], "children_of": null}]}, "seed": 7, "engine": "1"}, "recipe_sha256": "141575f2ed18ba2c557621a3037cc8ab8959c7fcbbaa364c629967b53cfeebab", "output": {"format": "csv", "compression": "none", "codec": "csv 1"}, "rows": 70, "size": 823, "root": "e9afdc489dda1e760109722a43ae88c0319cfd27be3a3d021a949756340246dd", "files": [{"name": "customers.csv", "table": "customers", "media_type": "text/csv", "rows": 20, "size": 196, "sha256": "3ac35caa2d7860fdfb1bda303b839755f8d8ec5419ecaf5deedd1e593bc4346b", "columns": [{"name": "id", "type": "int64", "nullable": false, "kind": "sequence", "pii": false}, {"name": "name", "type": "string", "nullable": false, "kind": "last_name", "pii": true}], "primary_key": ["id"], "foreign_keys": [], "block_rows": 65536, "prefix_size": 8, "root": "adfa5e93cb67068956ef480845f5f9caa3aa727cc5e49a175f832f4629c283b8", "blocks": [{"size": 188, "sha256": "70ce6f395a7d6a4609ec5228b5a9b712cb0091655907387abad578b1c1c6c769"}]}, {"name": "orders.csv", "table": "orders", "media_type": "text/csv", "rows": 50, "size": 627, "sha256": "d17a1d1bf273a5a0e6e0d7e09ee287e3e8195724e901ca70601294e0575bf417", "columns": [{"name": "id", "type": "int64", "nullable": false, "kind": "sequence", "pii": false}, {"name": "customer_id", "type": "int64", "nullable": false, "kind": "foreign_key", "pii": false}, {"name": "amount", "type": "decimal128(18, 2)", "nullable": false, "kind": "decimal", "pii": false}], "primary_key": [], "foreign_keys": [{"columns": ["customer_id"], "table": "customers", "references": ["id"]}], "block_rows": 65536, "prefix_size": 22, "root": "d33c9d105fef59f56e6822ccb10f31bd051ad92ab3e22b358e160b744e521fc1", "blocks": [{"size": 605, "sha256": "9f848d0f4776d5b7eb6008ec50c2cc8cff4f2391cb5950cb139371a84e9e18cf"}]}], "profile": {"name": "profile.json", "size": 6117, "sha256": "c09ce8e4aa81b5bb27b3ef7f4fd23694b2cf9d19da1a0dc75cddd1be2c31a3dd"}}',1.79608662755099248884e+09);
INSERT INTO "datasets" VALUES('ds_01m8qhnzmv7kgz2p5dtb3r33mh','ws_01m8qhnragqqabfzdngcsz2695','shop',2,'job_01m8qhnzanv8h6a6jw36ad58tv',70,977,'{"manifest": 1, "recipe": {"strategy": "tabular", "parameters": {"tables": [{"name": "customers", "rows": 20, "columns": [{"name": "id", "kind": "sequence", "nulls": 0.0, "nulls_when": null, "start": 1, "step": 1, "prefix": "", "width": 0}, {"name": "name", "kind": "last_name", "nulls": 0.0, "nulls_when": null, "words": null, "locale": null}], "primary_key": ["id"], "unique_keys": [], "orderings": [], "children_of": null}, {"name": "orders", "rows": 50, "columns": [{"name": "id", "kind": "sequence", "nulls": 0.0, "nulls_when": null, "start": 1, "step": 1, "prefix": "", "width": 0}, {"name": "customer_id", "kind": "foreign_key", "nulls": 0.0, "nulls_when": null, "table": "customers", "column": null, "distribution": "uniform", "exponent": 1.0, "weight": null}, {"name": "amount", "kind": "decimal", "nulls": 0.0, "nulls_when": null, "min": 1.0, "max": 500.0, "scale": 2}], "primary_key": [], "unique_keys": [], "orderings": [], "children_of": null}]}, "seed": 8, "engine": "1"}, "recipe_sha256": "fff93c77251c6d93cd5de260abd71068ab5140c9fc051c4a86b3ac0b1012c9d3", "output": {"format": "parquet", "compression": "none", "codec": "parquet 2 pyarrow 26.0.1"}, "rows": 70, "size": 977, "root": "28fcc92299b2fbd495a3501eea168035b98db55aeaabf802052c34f48070b196", "files": [{"name": "customers.parquet", "table": "customers", "media_type": "application/vnd.apache.parquet", "rows": 20, "size": 393, "sha256": "ca5dbeb945a904db25a3103db6006568ebb01257e46609546ff8b9a677451a55", "columns": [{"name": "id", "type": "int64", "nullable": false, "kind": "sequence", "pii": false}, {"name": "name", "type": "string", "nullable": false, "kind": "last_name", "pii": true}], "primary_key": ["id"], "foreign_keys": [], "block_rows": 65536, "prefix_size": 4, "root": "cf4fcbf16b6b6ed87bef47f6559c8f61391853792c45da553a3a922890f01b96", "blocks": [{"size": 195, "sha256": "1a20c53c314ea767d5b76e84eaa614e2e2eed63de04687a643f5b477aa5d558d"}]}, {"name": "orders.parquet", "table": "orders", "media_type": "application/vnd.apache.parquet", "rows": 50, "size": 584, "sha256": "a0ad8647f09ebfd14cb63440ed2922b09f3ee4f97c1fe88cbd9d832be68623f4", "columns": [{"name": "id", "type": "int64", "nullable": false, "kind": "sequence", "pii": false}, {"name": "customer_id", "type": "int64", "nullable": false, "kind": "foreign_key", "pii": false}, {"name": "amount", "type": "decimal128(18, 2)", "nullable": false, "kind": "decimal", "pii": false}], "primary_key": [], "foreign_keys": [{"columns": ["customer_id"], "table": "customers", "references": ["id"]}], "block_rows": 65536, "prefix_size": 4, "root": "6f7811c8e3a6fe2833a0544a6f88d6feb5df77d86e83ce1b507e18330e59d91c", "blocks": [{"size": 267, "sha256": "fca2aaffed592a422a7e588967e532c7c5b94f1a85dfd620380a2db5be42b3af"}]}], "profile": {"name": "profile.json", "size": 6238, "sha256": "048a77be6c85d7385181b6a8bb967002065d1fd4fa0ca8d1c07e57a455b46d36"}}',1.79608662799601101877e+09);
INSERT INTO "datasets" VALUES('ds_01m8qhp0wbzr5s25yngatp9j7p','ws_01m8qhnragqqabfzdngcsz2695','tabular',1,'job_01m8qhnzrat8xsnz1sa8at08me',150000,6974,'{"manifest": 1, "recipe": {"strategy": "tabular", "parameters": {"tables": [{"name": "votes", "rows": 150000, "columns": [{"name": "vote", "kind": "categorical", "nulls": 0.0, "nulls_when": null, "values": ["yes", "no"], "weights": [99.0, 1.0]}], "primary_key": [], "unique_keys": [], "orderings": [], "children_of": null}]}, "seed": 11, "engine": "1"}, "recipe_sha256": "dffbfb41abd505cfa6e6684aae231665a36b0759a8a9199d0183b3e39fad356b", "output": {"format": "csv", "compression": "gzip", "codec": "csv 1 isal 2.32.1 level 1 path 8135cdae"}, "rows": 150000, "size": 6974, "root": "129400fd0d6bdc4aeffce0be61c9a78b7824d019151ed794b2847d0d78763ff9", "files": [{"name": "votes.csv.gz", "table": "votes", "media_type": "application/gzip", "rows": 150000, "size": 6974, "sha256": "ca5c3abe22dc308077876fd7953a1dbec2d1bd08a4c4431c13df3d436b7bd88b", "columns": [{"name": "vote", "type": "string", "nullable": false, "kind": "categorical", "pii": false}], "primary_key": [], "foreign_keys": [], "block_rows": 65536, "prefix_size": 25, "root": "09b8cbba7ea431341bb768cd2ddaa268a038f7e92024f2c55e260e9a3db98844", "blocks": [{"size": 2990, "sha256": "d65c84fbe8999079f03b7867ac98dfdf98076462c552ac2cb358051c5bc81af7"}, {"size": 3105, "sha256": "bfb5c1fe2ccd5e27f355c97e99b8c6ec07d75dbb07e64e6a5515aeab5bae84d8"}, {"size": 854, "sha256": "96306c23511f269df1f7916226c66cf3d85a8dbbabc0065ff9fb72e08ab65470"}]}], "profile": {"name": "profile.json", "size": 755, "sha256": "b8281ed1f589db9c58ebb880a9261d117f87c96c1d84e82b2e092c7b603c2048"}}',1.7960866292600154877e+09);
CREATE TABLE events (
	job_id VARCHAR(40) NOT NULL, 
	seq BIGINT NOT NULL, 
	type VARCHAR(16) NOT NULL, 
	created_at DOUBLE NOT NULL, 
	data JSON NOT NULL, 
	CONSTRAINT pk_events PRIMARY KEY (job_id, seq), 
	CONSTRAINT fk_events_job_id_jobs FOREIGN KEY(job_id) REFERENCES jobs (id) ON DELETE CASCADE
);
INSERT INTO "events" VALUES('job_01m8qhnwy07y6csz2ce5b9t2xp',1,'init',1.79608662532300209996e+09,'{"total": 70, "parts": 2, "tables": {"customers": 20, "orders": 50}}');
INSERT INTO "events" VALUES('job_01m8qhnwy07y6csz2ce5b9t2xp',2,'start',1.7960866255269839764e+09,'{"worker": "earlier:3614:0391450c"}');
INSERT INTO "events" VALUES('job_01m8qhnwy07y6csz2ce5b9t2xp',3,'progress',1.79608662571599936481e+09,'{"current": 20, "total": 70, "rate": 117.7, "percentage": 28.57, "eta": 0.4}');
INSERT INTO "events" VALUES('job_01m8qhnwy07y6csz2ce5b9t2xp',4,'progress',1.79608662587701225282e+09,'{"current": 70, "total": 70, "rate": 201.2, "percentage": 100.0, "eta": 0.0}');
INSERT INTO "events" VALUES('job_01m8qhnwy07y6csz2ce5b9t2xp',5,'complete',1.79608662756201624866e+09,'{"current": 70, "total": 70, "rate": 35.0, "percentage": 100.0, "eta": 0.0, "dataset": "shop", "version": 1, "size": 823, "files": [{"name": "customers.csv", "rows": 20, "size": 196, "sha256": "3ac35caa2d7860fdfb1bda303b839755f8d8ec5419ecaf5deedd1e593bc4346b"}, {"name": "orders.csv", "rows": 50, "size": 627, "sha256": "d17a1d1bf273a5a0e6e0d7e09ee287e3e8195724e901ca70601294e0575bf417"}]}');
INSERT INTO "events" VALUES('job_01m8qhnzanv8h6a6jw36ad58tv',1,'init',1.79608662768500900266e+09,'{"total": 70, "parts": 2, "tables": {"customers": 20, "orders": 50}}');
INSERT INTO "events" VALUES('job_01m8qhnzanv8h6a6jw36ad58tv',2,'start',1.7960866277750105858e+09,'{"worker": "earlier:3614:0391450c"}');
INSERT INTO "events" VALUES('job_01m8qhnzanv8h6a6jw36ad58tv',3,'progress',1796086627.82498,'{"current": 20, "total": 70, "rate": 408.1, "percentage": 28.57, "eta": 0.1}');
INSERT INTO "events" VALUES('job_01m8qhnzanv8h6a6jw36ad58tv',4,'progress',1.79608662790898680684e+09,'{"current": 70, "total": 70, "rate": 530.3, "percentage": 100.0, "eta": 0.0}');
INSERT INTO "events" VALUES('job_01m8qhnzanv8h6a6jw36ad58tv',5,'complete',1.79608662799701690676e+09,'{"current": 70, "total": 70, "rate": 319.7, "percentage": 100.0, "eta": 0.0, "dataset": "shop", "version": 2, "size": 977, "files": [{"name": "customers.parquet", "rows": 20, "size": 393, "sha256": "ca5dbeb945a904db25a3103db6006568ebb01257e46609546ff8b9a677451a55"}, {"name": "orders.parquet", "rows": 50, "size": 584, "sha256": "a0ad8647f09ebfd14cb63440ed2922b09f3ee4f97c1fe88cbd9d832be68623f4"}]}');
INSERT INTO "events" VALUES('job_01m8qhnzrat8xsnz1sa8at08me',1,'init',1.79608662812399268149e+09,'{"total": 150000, "parts": 3, "tables": {"votes": 150000}}');
INSERT INTO "events" VALUES('job_01m8qhnzrat8xsnz1sa8at08me',2,'start',1.79608662816100716585e+09,'{"worker": "earlier:3614:0391450c"}');
INSERT INTO "events" VALUES('job_01m8qhnzrat8xsnz1sa8at08me',3,'progress',1.79608662820900535578e+09,'{"current": 65536, "total": 150000, "rate": 1394611.4, "percentage": 43.69, "eta": 0.1}');
INSERT INTO "events" VALUES('job_01m8qhnzrat8xsnz1sa8at08me',4,'progress',1.79608662910898017888e+09,'{"current": 131072, "total": 150000, "rate": 138406.5, "percentage": 87.38, "eta": 0.1}');
INSERT INTO "events" VALUES('job_01m8qhnzrat8xsnz1sa8at08me',5,'progress',1.79608662914100599286e+09,'{"current": 150000, "total": 150000, "rate": 153218.7, "percentage": 100.0, "eta": 0.0}');
INSERT INTO "events" VALUES('job_01m8qhnzrat8xsnz1sa8at08me',6,'complete',1.79608662926098108293e+09,'{"current": 150000, "total": 150000, "rate": 137488.3, "percentage": 100.0, "eta": 0.0, "dataset": "tabular", "version": 1, "size": 6974, "files": [{"name": "votes.csv.gz", "rows": 150000, "size": 6974, "sha256": "ca5c3abe22dc308077876fd7953a1dbec2d1bd08a4c4431c13df3d436b7bd88b"}]}');
INSERT INTO "events" VALUES('job_01m8qhp14216aakntv8d4y0pmp',1,'init',1.79608662956401705741e+09,'{"total": 150000, "parts": 3, "tables": {"votes": 150000}}');
INSERT INTO "events" VALUES('job_01m8qhp14216aakntv8d4y0pmp',2,'shutdown',1.79608662978099441523e+09,'{"current": 0, "total": 150000, "state": "cancelled"}');
INSERT INTO "events" VALUES('job_01m8qhp1gsvf4f9rxxtfpx1144',1,'init',1.79608662996300911902e+09,'{"total": 150000, "parts": 3, "tables": {"votes": 150000}}');
INSERT INTO "events" VALUES('job_01m8qhp1gsvf4f9rxxtfpx1144',2,'start',1.7960866300730063916e+09,'{"worker": "earlier:3614:0391450c"}');
INSERT INTO "events" VALUES('job_01m8qhp1gsvf4f9rxxtfpx1144',3,'progress',1.79608663033601045604e+09,'{"current": 65536, "total": 150000, "rate": 267516.1, "percentage": 43.69, "eta": 0.3}');
INSERT INTO "events" VALUES('job_01m8qhp1gsvf4f9rxxtfpx1144',4,'progress',1.79608663500301384929e+09,'{"current": 131072, "total": 150000, "rate": 26635.3, "percentage": 87.38, "eta": 0.7}');
INSERT INTO "events" VALUES('job_01m8qhp1gsvf4f9rxxtfpx1144',5,'paused',1.79608663502401566503e+09,'{"current": 131072, "total": 150000, "state": "paused"}');
INSERT INTO "events" VALUES('job_01m8qhp6j9csh6jg4sfyv470fg',1,'init',1.79608663511900615693e+09,'{"total": 150000, "parts": 3, "tables": {"votes": 150000}}');
INSERT INTO "events" VALUES('job_01m8qhp6j9csh6jg4sfyv470fg',2,'error',1796086635.20599,'{"reason": "part 0 (votes): ValueError: an example", "current": 0, "total": 150000}');
INSERT INTO "events" VALUES('job_01m8qhp6vyfjhmb100vmj0t2yz',1,'init',1796086635.41999,'{"total": 150000, "parts": 3, "tables": {"votes": 150000}}');
INSERT INTO "events" VALUES('job_01m8qhp7079aa37pyhrewqd4qq',1,'init',1.79608663555199503901e+09,'{"total": 150000, "parts": 3, "tables": {"votes": 150000}}');
INSERT INTO "events" VALUES('job_01m8qhp7079aa37pyhrewqd4qq',2,'start',1.79608663571401381492e+09,'{"worker": "earlier:3614:0391450c"}');
CREATE TABLE files (
	job_id VARCHAR(40) NOT NULL, 
	"table" VARCHAR(128) NOT NULL, 
	position BIGINT NOT NULL, 
	name VARCHAR(160) NOT NULL, 
	parts BIGINT NOT NULL, 
	direct BOOLEAN NOT NULL, 
	upload_id TEXT, 
	upload_until DOUBLE, 
	size BIGINT, 
	sha256 VARCHAR(64), 
	CONSTRAINT pk_files PRIMARY KEY (job_id, "table"), 
	CONSTRAINT fk_files_job_id_jobs FOREIGN KEY(job_id) REFERENCES jobs (id) ON DELETE CASCADE
);
INSERT INTO "files" VALUES('job_01m8qhnwy07y6csz2ce5b9t2xp','customers',0,'customers.csv',1,0,NULL,NULL,196,'3ac35caa2d7860fdfb1bda303b839755f8d8ec5419ecaf5deedd1e593bc4346b');
INSERT INTO "files" VALUES('job_01m8qhnwy07y6csz2ce5b9t2xp','orders',1,'orders.csv',1,0,NULL,NULL,627,'d17a1d1bf273a5a0e6e0d7e09ee287e3e8195724e901ca70601294e0575bf417');
INSERT INTO "files" VALUES('job_01m8qhnzanv8h6a6jw36ad58tv','customers',0,'customers.parquet',1,0,NULL,NULL,393,'ca5dbeb945a904db25a3103db6006568ebb01257e46609546ff8b9a677451a55');
INSERT INTO "files" VALUES('job_01m8qhnzanv8h6a6jw36ad58tv','orders',1,'orders.parquet',1,0,NULL,NULL,584,'a0ad8647f09ebfd14cb63440ed2922b09f3ee4f97c1fe88cbd9d832be68623f4');
INSERT INTO "files" VALUES('job_01m8qhnzrat8xsnz1sa8at08me','votes',0,'votes.csv.gz',3,1,'bf52f388506f4b969bfa15c04f5ffe5a',NULL,6974,'ca5c3abe22dc308077876fd7953a1dbec2d1bd08a4c4431c13df3d436b7bd88b');
INSERT INTO "files" VALUES('job_01m8qhp14216aakntv8d4y0pmp','votes',0,'votes.csv.gz',3,1,NULL,NULL,NULL,NULL);
INSERT INTO "files" VALUES('job_01m8qhp1gsvf4f9rxxtfpx1144','votes',0,'votes.csv.gz',3,1,'e6999daf38dc4fc286653994181bf4c7',NULL,NULL,NULL);
INSERT INTO "files" VALUES('job_01m8qhp6j9csh6jg4sfyv470fg','votes',0,'votes.csv.gz',3,1,NULL,NULL,NULL,NULL);
INSERT INTO "files" VALUES('job_01m8qhp6vyfjhmb100vmj0t2yz','votes',0,'votes.csv.gz',3,1,NULL,NULL,NULL,NULL);
INSERT INTO "files" VALUES('job_01m8qhp7079aa37pyhrewqd4qq','votes',0,'votes.csv.gz',3,1,NULL,NULL,NULL,NULL);
CREATE TABLE idempotency (
	workspace_id VARCHAR(40) NOT NULL, 
	"key" VARCHAR(255) NOT NULL, 
	body_sha256 VARCHAR(64) NOT NULL, 
	job_id VARCHAR(40) NOT NULL, 
	created_at DOUBLE NOT NULL, 
	CONSTRAINT pk_idempotency PRIMARY KEY (workspace_id, "key"), 
	CONSTRAINT fk_idempotency_job_id_jobs FOREIGN KEY(job_id) REFERENCES jobs (id) ON DELETE CASCADE, 
	CONSTRAINT fk_idempotency_workspace_id_workspaces FOREIGN KEY(workspace_id) REFERENCES workspaces (id)
);
INSERT INTO "idempotency" VALUES('ws_01m8qhnragqqabfzdngcsz2695','an-order','83e9d80be4acf684f3d46c3edb7d0b327c40db00cb917abb0386e3cfde566d39','job_01m8qhnwy07y6csz2ce5b9t2xp',1.79608662535100436206e+09);
CREATE TABLE "jobs" (
	id VARCHAR(40) NOT NULL, 
	workspace_id VARCHAR(40) NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	strategy VARCHAR(128) NOT NULL, 
	template VARCHAR(128), 
	dataset VARCHAR(128) NOT NULL, 
	dataset_version BIGINT, 
	recipe JSON NOT NULL, 
	output JSON NOT NULL, 
	request JSON NOT NULL, 
	queue VARCHAR(16) NOT NULL, 
	part_rows BIGINT, 
	max_parallel BIGINT NOT NULL, 
	rows_total BIGINT NOT NULL, 
	rows_done BIGINT NOT NULL, 
	bytes_done BIGINT NOT NULL, 
	parts_total BIGINT NOT NULL, 
	parts_done BIGINT NOT NULL, 
	last_seq BIGINT NOT NULL, 
	created_at DOUBLE NOT NULL, 
	started_at DOUBLE, 
	finished_at DOUBLE, 
	running_since DOUBLE, 
	ran_seconds DOUBLE NOT NULL, 
	progress_at DOUBLE NOT NULL, 
	woken_at DOUBLE NOT NULL, 
	finalise_attempt BIGINT NOT NULL, 
	finalise_until DOUBLE, 
	finaliser VARCHAR(128), 
	cleaned BOOLEAN NOT NULL, 
	deleted BOOLEAN NOT NULL, 
	error TEXT, 
	engine VARCHAR(32) NOT NULL, 
	unmanned_since DOUBLE, bytes_expected BIGINT DEFAULT '0' NOT NULL, traceparent VARCHAR(55), 
	CONSTRAINT pk_jobs PRIMARY KEY (id), 
	CONSTRAINT fk_jobs_workspace_id_workspaces FOREIGN KEY(workspace_id) REFERENCES workspaces (id)
);
INSERT INTO "jobs" VALUES('job_01m8qhnwy07y6csz2ce5b9t2xp','ws_01m8qhnragqqabfzdngcsz2695','completed','tabular',NULL,'shop',1,'{"strategy": "tabular", "parameters": {"tables": [{"name": "customers", "rows": 20, "columns": [{"name": "id", "kind": "sequence", "nulls": 0.0, "nulls_when": null, "start": 1, "step": 1, "prefix": "", "width": 0}, {"name": "name", "kind": "last_name", "nulls": 0.0, "nulls_when": null, "words": null, "locale": null}], "primary_key": ["id"], "unique_keys": [], "orderings": [], "children_of": null}, {"name": "orders", "rows": 50, "columns": [{"name": "id", "kind": "sequence", "nulls": 0.0, "nulls_when": null, "start": 1, "step": 1, "prefix": "", "width": 0}, {"name": "customer_id", "kind": "foreign_key", "nulls": 0.0, "nulls_when": null, "table": "customers", "column": null, "distribution": "uniform", "exponent": 1.0, "weight": null}, {"name": "amount", "kind": "decimal", "nulls": 0.0, "nulls_when": null, "min": 1.0, "max": 500.0, "scale": 2}], "primary_key": [], "unique_keys": [], "orderings": [], "children_of": null}]}, "seed": 7, "engine": "1"}','{"format": "csv", "compression": "none", "codec": "csv 1"}','{"strategy": "tabular", "parameters": {"tables": [{"name": "customers", "rows": 20, "primary_key": ["id"], "columns": [{"name": "id", "kind": "sequence"}, {"name": "name", "kind": "last_name"}]}, {"name": "orders", "rows": 50, "columns": [{"name": "id", "kind": "sequence"}, {"name": "customer_id", "kind": "foreign_key", "table": "customers"}, {"name": "amount", "kind": "decimal", "min": 1, "max": 500, "scale": 2}]}]}, "seed": 7, "format": "csv"}','interactive',NULL,1000,70,70,793,2,2,5,1.79608662524901342393e+09,1.79608662552601838109e+09,1.79608662752600765225e+09,NULL,1.99998927116394042968e+00,1.79608662587399482723e+09,1.79608662762300968175e+09,1,NULL,'earlier:3614:0391450c',1,0,NULL,'1',NULL,793,NULL);
INSERT INTO "jobs" VALUES('job_01m8qhnzanv8h6a6jw36ad58tv','ws_01m8qhnragqqabfzdngcsz2695','completed','tabular',NULL,'shop',2,'{"strategy": "tabular", "parameters": {"tables": [{"name": "customers", "rows": 20, "columns": [{"name": "id", "kind": "sequence", "nulls": 0.0, "nulls_when": null, "start": 1, "step": 1, "prefix": "", "width": 0}, {"name": "name", "kind": "last_name", "nulls": 0.0, "nulls_when": null, "words": null, "locale": null}], "primary_key": ["id"], "unique_keys": [], "orderings": [], "children_of": null}, {"name": "orders", "rows": 50, "columns": [{"name": "id", "kind": "sequence", "nulls": 0.0, "nulls_when": null, "start": 1, "step": 1, "prefix": "", "width": 0}, {"name": "customer_id", "kind": "foreign_key", "nulls": 0.0, "nulls_when": null, "table": "customers", "column": null, "distribution": "uniform", "exponent": 1.0, "weight": null}, {"name": "amount", "kind": "decimal", "nulls": 0.0, "nulls_when": null, "min": 1.0, "max": 500.0, "scale": 2}], "primary_key": [], "unique_keys": [], "orderings": [], "children_of": null}]}, "seed": 8, "engine": "1"}','{"format": "parquet", "compression": "none", "codec": "parquet 2 pyarrow 26.0.1"}','{"strategy": "tabular", "parameters": {"tables": [{"name": "customers", "rows": 20, "primary_key": ["id"], "columns": [{"name": "id", "kind": "sequence"}, {"name": "name", "kind": "last_name"}]}, {"name": "orders", "rows": 50, "columns": [{"name": "id", "kind": "sequence"}, {"name": "customer_id", "kind": "foreign_key", "table": "customers"}, {"name": "amount", "kind": "decimal", "min": 1, "max": 500, "scale": 2}]}]}, "seed": 8, "format": "parquet"}','interactive',NULL,1000,70,70,462,2,2,5,1.79608662768299722671e+09,1.7960866277750105858e+09,1.79608662799399948113e+09,NULL,2.18988895416259765625e-01,1.79608662790701532367e+09,1.79608662805100965497e+09,1,NULL,'earlier:3614:0391450c',1,0,NULL,'1',NULL,462,NULL);
INSERT INTO "jobs" VALUES('job_01m8qhnzrat8xsnz1sa8at08me','ws_01m8qhnragqqabfzdngcsz2695','completed','tabular',NULL,'tabular',1,'{"strategy": "tabular", "parameters": {"tables": [{"name": "votes", "rows": 150000, "columns": [{"name": "vote", "kind": "categorical", "nulls": 0.0, "nulls_when": null, "values": ["yes", "no"], "weights": [99.0, 1.0]}], "primary_key": [], "unique_keys": [], "orderings": [], "children_of": null}]}, "seed": 11, "engine": "1"}','{"format": "csv", "compression": "gzip", "codec": "csv 1 isal 2.32.1 level 1 path 8135cdae"}','{"strategy": "tabular", "seed": 11, "format": "csv", "compression": "gzip", "part_rows": 1, "parameters": {"tables": [{"name": "votes", "rows": 150000, "columns": [{"name": "vote", "kind": "categorical", "values": ["yes", "no"], "weights": [99, 1]}]}]}}','interactive',1,1000,150000,150000,6949,3,3,6,1.79608662810797977448e+09,1.79608662816100716585e+09,1.79608662925200915339e+09,NULL,1.09100198745727539062e+00,1796086629.14,1.79608662941599941248e+09,1,NULL,'earlier:3614:0391450c',1,0,NULL,'1',NULL,10050,NULL);
INSERT INTO "jobs" VALUES('job_01m8qhp14216aakntv8d4y0pmp','ws_01m8qhnragqqabfzdngcsz2695','cancelled','tabular',NULL,'tabular',NULL,'{"strategy": "tabular", "parameters": {"tables": [{"name": "votes", "rows": 150000, "columns": [{"name": "vote", "kind": "categorical", "nulls": 0.0, "nulls_when": null, "values": ["yes", "no"], "weights": [99.0, 1.0]}], "primary_key": [], "unique_keys": [], "orderings": [], "children_of": null}]}, "seed": 12, "engine": "1"}','{"format": "csv", "compression": "gzip", "codec": "csv 1 isal 2.32.1 level 1 path 8135cdae"}','{"strategy": "tabular", "seed": 12, "format": "csv", "compression": "gzip", "part_rows": 1, "parameters": {"tables": [{"name": "votes", "rows": 150000, "columns": [{"name": "vote", "kind": "categorical", "values": ["yes", "no"], "weights": [99, 1]}]}]}}','interactive',1,1000,150000,0,0,3,0,2,1.7960866295200018883e+09,NULL,1.79608662977998852728e+09,NULL,0.0,0.0,1.79608662964898943906e+09,1,NULL,NULL,1,0,NULL,'1',NULL,12150,NULL);
INSERT INTO "jobs" VALUES('job_01m8qhp1gsvf4f9rxxtfpx1144','ws_01m8qhnragqqabfzdngcsz2695','paused','tabular',NULL,'tabular',NULL,'{"strategy": "tabular", "parameters": {"tables": [{"name": "votes", "rows": 150000, "columns": [{"name": "vote", "kind": "categorical", "nulls": 0.0, "nulls_when": null, "values": ["yes", "no"], "weights": [99.0, 1.0]}], "primary_key": [], "unique_keys": [], "orderings": [], "children_of": null}]}, "seed": 13, "engine": "1"}','{"format": "csv", "compression": "gzip", "codec": "csv 1 isal 2.32.1 level 1 path 8135cdae"}','{"strategy": "tabular", "seed": 13, "format": "csv", "compression": "gzip", "part_rows": 1, "parameters": {"tables": [{"name": "votes", "rows": 150000, "columns": [{"name": "vote", "kind": "categorical", "values": ["yes", "no"], "weights": [99, 1]}]}]}}','interactive',1,1000,150000,131072,5938,3,2,5,1.79608662993500685692e+09,1.79608663007200050351e+09,NULL,NULL,4.95100927352905273437e+00,1.79608663499299573895e+09,1.79608662998799371718e+09,0,NULL,NULL,0,0,NULL,'1',NULL,13050,NULL);
INSERT INTO "jobs" VALUES('job_01m8qhp6j9csh6jg4sfyv470fg','ws_01m8qhnragqqabfzdngcsz2695','failed','tabular',NULL,'tabular',NULL,'{"strategy": "tabular", "parameters": {"tables": [{"name": "votes", "rows": 150000, "columns": [{"name": "vote", "kind": "categorical", "nulls": 0.0, "nulls_when": null, "values": ["yes", "no"], "weights": [99.0, 1.0]}], "primary_key": [], "unique_keys": [], "orderings": [], "children_of": null}]}, "seed": 14, "engine": "1"}','{"format": "csv", "compression": "gzip", "codec": "csv 1 isal 2.32.1 level 1 path 8135cdae"}','{"strategy": "tabular", "seed": 14, "format": "csv", "compression": "gzip", "part_rows": 1, "parameters": {"tables": [{"name": "votes", "rows": 150000, "columns": [{"name": "vote", "kind": "categorical", "values": ["yes", "no"], "weights": [99, 1]}]}]}}','interactive',1,1000,150000,0,0,3,0,2,1.7960866350930154323e+09,NULL,1.79608663519299483306e+09,NULL,0.0,0.0,1.7960866351530029774e+09,1,NULL,NULL,1,0,'part 0 (votes): ValueError: an example','1',NULL,14850,NULL);
INSERT INTO "jobs" VALUES('job_01m8qhp6vyfjhmb100vmj0t2yz','ws_01m8qhnragqqabfzdngcsz2695','queued','tabular',NULL,'tabular',NULL,'{"strategy": "tabular", "parameters": {"tables": [{"name": "votes", "rows": 150000, "columns": [{"name": "vote", "kind": "categorical", "nulls": 0.0, "nulls_when": null, "values": ["yes", "no"], "weights": [99.0, 1.0]}], "primary_key": [], "unique_keys": [], "orderings": [], "children_of": null}]}, "seed": 15, "engine": "1"}','{"format": "csv", "compression": "gzip", "codec": "csv 1 isal 2.32.1 level 1 path 8135cdae"}','{"strategy": "tabular", "seed": 15, "format": "csv", "compression": "gzip", "part_rows": 1, "parameters": {"tables": [{"name": "votes", "rows": 150000, "columns": [{"name": "vote", "kind": "categorical", "values": ["yes", "no"], "weights": [99, 1]}]}]}}','interactive',1,1000,150000,0,0,3,0,1,1.79608663540800070758e+09,NULL,NULL,NULL,0.0,0.0,1.79608663545499300955e+09,0,NULL,NULL,0,0,NULL,'1',NULL,13350,NULL);
INSERT INTO "jobs" VALUES('job_01m8qhp7079aa37pyhrewqd4qq','ws_01m8qhnragqqabfzdngcsz2695','running','tabular',NULL,'tabular',NULL,'{"strategy": "tabular", "parameters": {"tables": [{"name": "votes", "rows": 150000, "columns": [{"name": "vote", "kind": "categorical", "nulls": 0.0, "nulls_when": null, "values": ["yes", "no"], "weights": [99.0, 1.0]}], "primary_key": [], "unique_keys": [], "orderings": [], "children_of": null}]}, "seed": 16, "engine": "1"}','{"format": "csv", "compression": "gzip", "codec": "csv 1 isal 2.32.1 level 1 path 8135cdae"}','{"strategy": "tabular", "seed": 16, "format": "csv", "compression": "gzip", "part_rows": 1, "parameters": {"tables": [{"name": "votes", "rows": 150000, "columns": [{"name": "vote", "kind": "categorical", "values": ["yes", "no"], "weights": [99, 1]}]}]}}','interactive',1,1000,150000,0,0,3,0,2,1.79608663554201722139e+09,1.79608663571401381492e+09,NULL,1.79608663571401381492e+09,0.0,0.0,1.79608663566698122026e+09,0,NULL,NULL,0,0,NULL,'1',NULL,14550,NULL);
CREATE TABLE "locks" (
	name VARCHAR(64) NOT NULL, 
	holder VARCHAR(128) NOT NULL, 
	until DOUBLE NOT NULL, 
	reap_after DOUBLE NOT NULL, 
	CONSTRAINT pk_locks PRIMARY KEY (name)
);
INSERT INTO "locks" VALUES('sweeper','earlier:3614:0391450c',1.79608663828400206565e+09,0.0);
CREATE TABLE market_days (
	security VARCHAR(64) NOT NULL, 
	day BIGINT NOT NULL, 
	minutes BLOB NOT NULL, 
	created_at DOUBLE NOT NULL, 
	CONSTRAINT pk_market_days PRIMARY KEY (security, day)
);
CREATE TABLE market_tickers (
	workspace_id VARCHAR(40) NOT NULL, 
	symbol VARCHAR(16) NOT NULL, 
	parameters JSON NOT NULL, 
	created_at DOUBLE NOT NULL, 
	CONSTRAINT pk_market_tickers PRIMARY KEY (workspace_id, symbol), 
	CONSTRAINT fk_market_tickers_workspace_id_workspaces FOREIGN KEY(workspace_id) REFERENCES workspaces (id)
);
INSERT INTO "market_tickers" VALUES('ws_01m8qhnragqqabfzdngcsz2695','MINE','{"ticker": "MINE", "name": null, "sector": "Other", "initial_price": 10.0, "drift": 0.05, "volatility": 0.2, "min_price": null, "max_price": null, "tick_size": 0.01, "min_spread": 0.001, "max_spread": 0.003, "base_volume": 10000.0, "move_volume": 50000.0, "loadings": {}, "jumps": null, "clustering": null}',1.79608663642400789265e+09);
CREATE TABLE parts (
	job_id VARCHAR(40) NOT NULL, 
	number BIGINT NOT NULL, 
	"table" VARCHAR(128) NOT NULL, 
	piece BIGINT NOT NULL, 
	first_block BIGINT NOT NULL, 
	last_block BIGINT NOT NULL, 
	rows BIGINT NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	attempt BIGINT NOT NULL, 
	errors BIGINT NOT NULL, 
	losses BIGINT NOT NULL, 
	worker VARCHAR(128), 
	lease_until DOUBLE, 
	not_before DOUBLE NOT NULL, 
	rows_made BIGINT NOT NULL, 
	size BIGINT, 
	etag VARCHAR(128), 
	blocks BLOB, profile BLOB, 
	CONSTRAINT pk_parts PRIMARY KEY (job_id, number), 
	CONSTRAINT fk_parts_job_id_jobs FOREIGN KEY(job_id) REFERENCES jobs (id) ON DELETE CASCADE
);
INSERT INTO "parts" VALUES('job_01m8qhnwy07y6csz2ce5b9t2xp',0,'customers',0,0,1,20,'done',1,0,0,'earlier:3614:0391450c',NULL,0.0,0,188,NULL,X'5B5B302C32302C3138382C2237306365366633393561376436613436303965633532323862356139623731326362303039313635353930373338376162616435373862316331633663373639222C22225D5D',NULL);
INSERT INTO "parts" VALUES('job_01m8qhnwy07y6csz2ce5b9t2xp',1,'orders',0,0,1,50,'done',1,0,0,'earlier:3614:0391450c',NULL,0.0,0,605,NULL,X'5B5B302C35302C3630352C2239663834386430663437373664356237656236303038656335306332636338636666346632333931636235393530636231333933373161383465396531386366222C22225D5D',NULL);
INSERT INTO "parts" VALUES('job_01m8qhnzanv8h6a6jw36ad58tv',0,'customers',0,0,1,20,'done',1,0,0,'earlier:3614:0391450c',NULL,0.0,0,195,NULL,X'5B5B302C32302C3139352C2231613230633533633331346561373637643562373665383465616136313465326532656564363364653034363837613634336635623437376161356435353864222C224177414141426B41414141454141414141414141414641414141416641414141414141414146774141414145414141414141414141426B734A6741634651515A4A516F4747526743615751564142596F466A59574E6959384E67416F43425141414141414141414147416742414141414141414141424552414141414A6741634651775A4A51774747526745626D46745A52554146696757304149573041496D5044594141414141466F59444669676D466F594441413D3D225D5D',NULL);
INSERT INTO "parts" VALUES('job_01m8qhnzanv8h6a6jw36ad58tv',1,'orders',0,0,1,50,'done',1,0,0,'earlier:3614:0391450c',NULL,0.0,0,267,NULL,X'5B5B302C35302C3236372C2266636132616166666564353932613432326137653538383936376535333263376335623934663161383564666436323033383061326462356265343262336166222C224241414141426B4141414145414141414141414141466341414141664141414141414141414A41414141426D4141414141414141414C494141414145414141414141414141426B384A6741634651515A4A516F47475267436157515641425A6B466A59574E6959384E67416F43444941414141414141414147416742414141414141414141424552414141414A6741634651515A4A516F474752674C5933567A644739745A584A666157515641425A6B466F3442466F34424A6A773241436749464141414141414141414159434145414141414141414141455245414141416D4142775642426B6C4367595A47415A6862573931626E515641425A6B46744943467449434A6A773241436749796238414141414141414159434B6343414141414141414145524541414141576C6751575A4359576C675141225D5D',NULL);
INSERT INTO "parts" VALUES('job_01m8qhnzrat8xsnz1sa8at08me',0,'votes',0,0,1,65536,'done',1,0,0,'earlier:3614:0391450c',NULL,0.0,0,2990,'9f8aaf0800000bc7',X'5B5B302C36353533362C323939302C2264363563383466626538393939303739663033623738363761633938646664663938303736343632633535326163326362333538303531633562633831616637222C22225D5D',NULL);
INSERT INTO "parts" VALUES('job_01m8qhnzrat8xsnz1sa8at08me',1,'votes',1,1,2,65536,'done',1,0,0,'earlier:3614:0391450c',NULL,0.0,0,3105,'194c873000000c21',X'5B5B312C36353533362C333130352C2262666235633166653263636435653237663335356339376539396238633665633037643735646262303765363465366135353135616561623562616538346438222C22225D5D',NULL);
INSERT INTO "parts" VALUES('job_01m8qhnzrat8xsnz1sa8at08me',2,'votes',2,2,3,18928,'done',1,0,0,'earlier:3614:0391450c',NULL,0.0,0,854,'d6b441f300000356',X'5B5B322C31383932382C3835342C2239363330366332333531316632363964663166373931363232366336366366336438356138646262616263303036356666396662373265303861623635343730222C22225D5D',NULL);
INSERT INTO "parts" VALUES('job_01m8qhp14216aakntv8d4y0pmp',0,'votes',0,0,1,65536,'pending',0,0,0,NULL,NULL,0.0,0,NULL,NULL,NULL,NULL);
INSERT INTO "parts" VALUES('job_01m8qhp14216aakntv8d4y0pmp',1,'votes',1,1,2,65536,'pending',0,0,0,NULL,NULL,0.0,0,NULL,NULL,NULL,NULL);
INSERT INTO "parts" VALUES('job_01m8qhp14216aakntv8d4y0pmp',2,'votes',2,2,3,18928,'pending',0,0,0,NULL,NULL,0.0,0,NULL,NULL,NULL,NULL);
INSERT INTO "parts" VALUES('job_01m8qhp1gsvf4f9rxxtfpx1144',0,'votes',0,0,1,65536,'done',1,0,0,'earlier:3614:0391450c',NULL,0.0,0,3024,'967945dd00000be9',X'5B5B302C36353533362C333032342C2237646363386238653338373461633833386565363531633336343537353434333662313035353737333737623563383961376361643566383331643633396439222C22225D5D',X'28B52FFD6037103D0700A24E2E2C90A7690CFFFFFFFFF0DD9D0A428C4068C9B7DD1C4304FB9FDBEF2EEE164DA8328A95E2CE09AD657F327AD452FF73CEF9CA3F188140F25FFE07FE269134022F3333187FF2CACFCCFC8B95E45F3173E2E5C58A8FCC39E70F31C00137BB873741D5825C5D6E1DAB6B1BDB942D84A84845090AD1EA82B092942D4384D3338038E7388FAE8DD2365DCEF178143CBA56BE866D4DD94A4AAAE2C1EA7AD544295B841749285A5D0D652B21ACA4D5F51038CEA36C25439CD6A1FD11010F0073623DCD7684BC4935739530A564270127F317811F9B08F8F886A3AA53E115DF316603052931E4C267');
INSERT INTO "parts" VALUES('job_01m8qhp1gsvf4f9rxxtfpx1144',1,'votes',1,1,2,65536,'done',1,0,0,'earlier:3614:0391450c',NULL,0.0,0,2914,'8bc14e4800000b62',X'5B5B312C36353533362C323931342C2264326134666231343938333037666130396161643835376131616231396565663039316435613166386438613362343165383730373933373733313431363431222C22225D5D',X'28B52FFD603710350700A20E2E2C90A7690CFFFFFFFFF0DD9D0A42D4A0D192B7D61C4304FB9FDBEF2E5A53D7360D9D95C6AE096D834664F4A8A5FF73CEF9CAC308793CF25FFE07FE269134022F3333187FF2CACFCCFC8B95E45F3173E2E5C58A87CC39E70F31C00137BF07383D15835C5D6F0956D73AEBB46D7C2889821416A0D515631569DB88142778F078CF7198AE95A275BA1E6B1814305D2B61C33AA76D25155512C2EA82D54469DB0408C9075A5D8EB6953156D1EA620D8783695B1991A675707F440F0073623DCD7684BC4935739530A564270127F317811F9B08F8F886A3AA53E115DF316603052931E4C267');
INSERT INTO "parts" VALUES('job_01m8qhp1gsvf4f9rxxtfpx1144',2,'votes',2,2,3,18928,'pending',0,0,0,NULL,NULL,0.0,0,NULL,NULL,NULL,NULL);
INSERT INTO "parts" VALUES('job_01m8qhp6j9csh6jg4sfyv470fg',0,'votes',0,0,1,65536,'pending',0,0,0,NULL,NULL,0.0,0,NULL,NULL,NULL,NULL);
INSERT INTO "parts" VALUES('job_01m8qhp6j9csh6jg4sfyv470fg',1,'votes',1,1,2,65536,'pending',0,0,0,NULL,NULL,0.0,0,NULL,NULL,NULL,NULL);
INSERT INTO "parts" VALUES('job_01m8qhp6j9csh6jg4sfyv470fg',2,'votes',2,2,3,18928,'pending',0,0,0,NULL,NULL,0.0,0,NULL,NULL,NULL,NULL);
INSERT INTO "parts" VALUES('job_01m8qhp6vyfjhmb100vmj0t2yz',0,'votes',0,0,1,65536,'pending',0,0,0,NULL,NULL,0.0,0,NULL,NULL,NULL,NULL);
INSERT INTO "parts" VALUES('job_01m8qhp6vyfjhmb100vmj0t2yz',1,'votes',1,1,2,65536,'pending',0,0,0,NULL,NULL,0.0,0,NULL,NULL,NULL,NULL);
INSERT INTO "parts" VALUES('job_01m8qhp6vyfjhmb100vmj0t2yz',2,'votes',2,2,3,18928,'pending',0,0,0,NULL,NULL,0.0,0,NULL,NULL,NULL,NULL);
INSERT INTO "parts" VALUES('job_01m8qhp7079aa37pyhrewqd4qq',0,'votes',0,0,1,65536,'running',1,0,0,'earlier:3614:0391450c',1.7960866507070133686e+09,0.0,0,NULL,NULL,NULL,NULL);
INSERT INTO "parts" VALUES('job_01m8qhp7079aa37pyhrewqd4qq',1,'votes',1,1,2,65536,'pending',0,0,0,NULL,NULL,0.0,0,NULL,NULL,NULL,NULL);
INSERT INTO "parts" VALUES('job_01m8qhp7079aa37pyhrewqd4qq',2,'votes',2,2,3,18928,'pending',0,0,0,NULL,NULL,0.0,0,NULL,NULL,NULL,NULL);
CREATE TABLE streams (
	id VARCHAR(40) NOT NULL, 
	workspace_id VARCHAR(40) NOT NULL, 
	key_id VARCHAR(40) NOT NULL, 
	usual BOOLEAN NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	template VARCHAR(128), 
	recipe JSON NOT NULL, 
	"table" VARCHAR(128) NOT NULL, 
	events_per_second BIGINT NOT NULL, 
	max_events BIGINT NOT NULL, 
	course JSON NOT NULL, 
	changed_us BIGINT NOT NULL, 
	ends_at DOUBLE, 
	created_at DOUBLE NOT NULL, 
	CONSTRAINT pk_streams PRIMARY KEY (id), 
	CONSTRAINT fk_streams_key_id_api_keys FOREIGN KEY(key_id) REFERENCES api_keys (id), 
	CONSTRAINT fk_streams_workspace_id_workspaces FOREIGN KEY(workspace_id) REFERENCES workspaces (id)
);
INSERT INTO "streams" VALUES('stream_01m8qhp7k31twjxmt2bmnq64yn','ws_01m8qhnragqqabfzdngcsz2695','key_01m8qhnrb0jga1xmvgkjg1tw5g',0,'running','retail','{"strategy": "tabular", "parameters": {"tables": [{"name": "customers", "rows": 100000, "columns": [{"name": "id", "kind": "sequence", "nulls": 0.0, "nulls_when": null, "start": 1, "step": 1, "prefix": "", "width": 0}, {"name": "uuid", "kind": "uuid", "nulls": 0.0, "nulls_when": null}, {"name": "first_name", "kind": "first_name", "nulls": 0.0, "nulls_when": null, "words": null, "locale": null}, {"name": "last_name", "kind": "last_name", "nulls": 0.0, "nulls_when": null, "words": null, "locale": null}, {"name": "email", "kind": "email", "nulls": 0.0, "nulls_when": null, "columns": ["first_name", "last_name"], "domains": ["example.com", "example.org", "example.net"], "numbered": true}, {"name": "phone", "kind": "phone", "nulls": 0.3, "nulls_when": null, "pattern": "+1-###-555-01##", "locale": null}, {"name": "country", "kind": "country", "nulls": 0.0, "nulls_when": null, "form": "name"}, {"name": "city", "kind": "city", "nulls": 0.0, "nulls_when": null, "country": "country", "locale": null}, {"name": "signed_up_at", "kind": "timestamp", "nulls": 0.0, "nulls_when": null, "weekdays": null, "months": null, "holidays": null, "start": "2021-01-01T00:00:00Z", "end": "2025-12-31T23:59:59Z", "precision": "second", "hours": null, "zone": null}, {"name": "age", "kind": "normal", "nulls": 0.08, "nulls_when": null, "mean": 41.0, "sd": 14.0, "min": 18.0, "max": 95.0, "decimals": 0}, {"name": "balance", "kind": "money", "nulls": 0.0, "nulls_when": null, "distribution": "lognormal", "min": 0.01, "max": 5000.0, "median": 40.0, "sigma": 1.1}, {"name": "is_active", "kind": "boolean", "nulls": 0.0, "nulls_when": null, "probability": 0.87}], "primary_key": ["id"], "unique_keys": [], "orderings": [], "children_of": null}, {"name": "orders", "rows": 10000000000, "columns": [{"name": "id", "kind": "sequence", "nulls": 0.0, "nulls_when": null, "start": 100001, "step": 1, "prefix": "", "width": 0}, {"name": "customer_id", "kind": "foreign_key", "nulls": 0.0, "nulls_when": null, "table": "customers", "column": null, "distribution": "zipf", "exponent": 0.7, "weight": null}, {"name": "ordered_at", "kind": "later", "nulls": 0.0, "nulls_when": null, "column": "signed_up_at", "through": "customer_id", "min": "5m", "max": "1825d", "until": "2026-06-30T23:59:59Z", "precision": "second"}, {"name": "status", "kind": "categorical", "nulls": 0.0, "nulls_when": null, "values": ["delivered", "shipped", "paid", "new", "cancelled", "returned"], "weights": [78.0, 6.0, 4.0, 3.0, 5.0, 4.0]}, {"name": "channel", "kind": "categorical", "nulls": 0.0, "nulls_when": null, "values": ["web", "app", "store", "phone"], "weights": [52.0, 33.0, 13.0, 2.0]}, {"name": "payment_method", "kind": "categorical", "nulls": 0.0, "nulls_when": null, "values": ["card", "paypal", "invoice", "bank transfer", "gift card"], "weights": [55.0, 23.0, 12.0, 7.0, 3.0]}, {"name": "shipped_at", "kind": "later", "nulls": 0.12, "nulls_when": null, "column": "ordered_at", "through": null, "min": "2h", "max": "5d", "until": null, "precision": "second"}, {"name": "shipping_cost", "kind": "categorical", "nulls": 0.0, "nulls_when": null, "values": [0, 3.9, 5.9, 9.9], "weights": [41.0, 38.0, 16.0, 5.0]}], "primary_key": ["id"], "unique_keys": [], "orderings": [], "children_of": null}]}, "seed": 2560268796464260, "engine": "1"}','orders',10,50,'[[1796086636103994, 0, 10000, null]]',1796086636103994,1.79608664110399389264e+09,1.79608663610399389267e+09);
INSERT INTO "streams" VALUES('stream_01m8qhp7v7p94vegb78hftfgg1','ws_01m8qhnragqqabfzdngcsz2695','key_01m8qhnrb0jga1xmvgkjg1tw5g',1,'running','retail','{"strategy": "tabular", "parameters": {"tables": [{"name": "customers", "rows": 100000, "columns": [{"name": "id", "kind": "sequence", "nulls": 0.0, "nulls_when": null, "start": 1, "step": 1, "prefix": "", "width": 0}, {"name": "uuid", "kind": "uuid", "nulls": 0.0, "nulls_when": null}, {"name": "first_name", "kind": "first_name", "nulls": 0.0, "nulls_when": null, "words": null, "locale": null}, {"name": "last_name", "kind": "last_name", "nulls": 0.0, "nulls_when": null, "words": null, "locale": null}, {"name": "email", "kind": "email", "nulls": 0.0, "nulls_when": null, "columns": ["first_name", "last_name"], "domains": ["example.com", "example.org", "example.net"], "numbered": true}, {"name": "phone", "kind": "phone", "nulls": 0.3, "nulls_when": null, "pattern": "+1-###-555-01##", "locale": null}, {"name": "country", "kind": "country", "nulls": 0.0, "nulls_when": null, "form": "name"}, {"name": "city", "kind": "city", "nulls": 0.0, "nulls_when": null, "country": "country", "locale": null}, {"name": "signed_up_at", "kind": "timestamp", "nulls": 0.0, "nulls_when": null, "weekdays": null, "months": null, "holidays": null, "start": "2021-01-01T00:00:00Z", "end": "2025-12-31T23:59:59Z", "precision": "second", "hours": null, "zone": null}, {"name": "age", "kind": "normal", "nulls": 0.08, "nulls_when": null, "mean": 41.0, "sd": 14.0, "min": 18.0, "max": 95.0, "decimals": 0}, {"name": "balance", "kind": "money", "nulls": 0.0, "nulls_when": null, "distribution": "lognormal", "min": 0.01, "max": 5000.0, "median": 40.0, "sigma": 1.1}, {"name": "is_active", "kind": "boolean", "nulls": 0.0, "nulls_when": null, "probability": 0.87}], "primary_key": ["id"], "unique_keys": [], "orderings": [], "children_of": null}, {"name": "orders", "rows": 10000000000, "columns": [{"name": "id", "kind": "sequence", "nulls": 0.0, "nulls_when": null, "start": 100001, "step": 1, "prefix": "", "width": 0}, {"name": "customer_id", "kind": "foreign_key", "nulls": 0.0, "nulls_when": null, "table": "customers", "column": null, "distribution": "zipf", "exponent": 0.7, "weight": null}, {"name": "ordered_at", "kind": "later", "nulls": 0.0, "nulls_when": null, "column": "signed_up_at", "through": "customer_id", "min": "5m", "max": "1825d", "until": "2026-06-30T23:59:59Z", "precision": "second"}, {"name": "status", "kind": "categorical", "nulls": 0.0, "nulls_when": null, "values": ["delivered", "shipped", "paid", "new", "cancelled", "returned"], "weights": [78.0, 6.0, 4.0, 3.0, 5.0, 4.0]}, {"name": "channel", "kind": "categorical", "nulls": 0.0, "nulls_when": null, "values": ["web", "app", "store", "phone"], "weights": [52.0, 33.0, 13.0, 2.0]}, {"name": "payment_method", "kind": "categorical", "nulls": 0.0, "nulls_when": null, "values": ["card", "paypal", "invoice", "bank transfer", "gift card"], "weights": [55.0, 23.0, 12.0, 7.0, 3.0]}, {"name": "shipped_at", "kind": "later", "nulls": 0.12, "nulls_when": null, "column": "ordered_at", "through": null, "min": "2h", "max": "5d", "until": null, "precision": "second"}, {"name": "shipping_cost", "kind": "categorical", "nulls": 0.0, "nulls_when": null, "values": [0, 3.9, 5.9, 9.9], "weights": [41.0, 38.0, 16.0, 5.0]}], "primary_key": ["id"], "unique_keys": [], "orderings": [], "children_of": null}]}, "seed": 8673000528657619, "engine": "1"}','orders',10,10000000000,'[[1796086636363980, 0, 10000, null]]',1796086636363980,2796086636.36398,1796086636.36398);
CREATE TABLE templates (
	workspace_id VARCHAR(40) NOT NULL, 
	name VARCHAR(128) NOT NULL, 
	content JSON NOT NULL, 
	etag VARCHAR(64) NOT NULL, 
	updated_at DOUBLE NOT NULL, 
	CONSTRAINT pk_templates PRIMARY KEY (workspace_id, name), 
	CONSTRAINT fk_templates_workspace_id_workspaces FOREIGN KEY(workspace_id) REFERENCES workspaces (id)
);
INSERT INTO "templates" VALUES('ws_01m8qhnragqqabfzdngcsz2695','my-shop','{"name": "my-shop", "title": "My shop", "description": "A shop of our own", "strategy": "tabular", "main": "orders", "default_rows": 100, "parameters": {"tables": [{"name": "orders", "rows": 100, "columns": [{"name": "id", "kind": "sequence"}, {"name": "amount", "kind": "integer", "min": 1, "max": 500}]}]}}','bf0563e61eb14d29bc4a6415e4d44c1666ebfe9f945bdfb59f9bcec31774982e',1.79608662515599441528e+09);
CREATE TABLE tickets (
	sha256 VARCHAR(64) NOT NULL, 
	key_id VARCHAR(40) NOT NULL, 
	job_id VARCHAR(40), 
	expires_at DOUBLE NOT NULL, 
	CONSTRAINT pk_tickets PRIMARY KEY (sha256), 
	CONSTRAINT fk_tickets_key_id_api_keys FOREIGN KEY(key_id) REFERENCES api_keys (id) ON DELETE CASCADE
);
INSERT INTO "tickets" VALUES('df20fe8aeaa376bfdd4c5d0fa0619aab617b722f187e2256db4e42c08d17a138','key_01m8qhnrb0jga1xmvgkjg1tw5g',NULL,1796086666.43298);
CREATE TABLE workers (
	id VARCHAR(128) NOT NULL, 
	host VARCHAR(128) NOT NULL, 
	pid BIGINT NOT NULL, 
	engine VARCHAR(32) NOT NULL, 
	started_at DOUBLE NOT NULL, 
	heartbeat_at DOUBLE NOT NULL, 
	CONSTRAINT pk_workers PRIMARY KEY (id)
);
INSERT INTO "workers" VALUES('earlier:3614:0391450c','earlier',3614,'1',1.79608662067599439624e+09,1.79608662067599439624e+09);
CREATE TABLE workspaces (
	id VARCHAR(40) NOT NULL, 
	name VARCHAR(128) NOT NULL, 
	created_at DOUBLE NOT NULL, 
	CONSTRAINT pk_workspaces PRIMARY KEY (id), 
	CONSTRAINT uq_workspaces_name UNIQUE (name)
);
INSERT INTO "workspaces" VALUES('ws_01m8qhnragqqabfzdngcsz2695','default',1.79608662050898671151e+09);
CREATE INDEX ix_parts_leases ON parts (lease_until) WHERE state = 'running';
CREATE INDEX ix_parts_pending ON parts (job_id, number) WHERE state = 'pending';
CREATE INDEX ix_market_days_created_at ON market_days (created_at);
CREATE INDEX ix_parts_running ON parts (job_id) WHERE state = 'running';
CREATE INDEX ix_jobs_workspace_id_id ON jobs (workspace_id, id);
CREATE INDEX ix_jobs_unfinished ON jobs (state) WHERE state IN ('queued', 'running', 'paused');
CREATE INDEX ix_jobs_uncleaned ON jobs (id) WHERE cleaned = 0;
CREATE INDEX ix_streams_workspace_id_id ON streams (workspace_id, id);
CREATE INDEX ix_streams_key_id ON streams (key_id);
COMMIT;
